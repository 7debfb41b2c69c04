// SPDX-License-Identifier: Apache-2.0
/** {@code hippo demo}: the flights example from an empty state to reconciled answers. */
@NullMarked
package dev.hippo.cli.demo;

import org.jspecify.annotations.NullMarked;
