// SPDX-License-Identifier: Apache-2.0
/** The {@code hippo} command. */
@NullMarked
package dev.hippo.cli;

import org.jspecify.annotations.NullMarked;
