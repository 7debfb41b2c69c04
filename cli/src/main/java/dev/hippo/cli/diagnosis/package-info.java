// SPDX-License-Identifier: Apache-2.0
/** What is wrong with an installation, and what to do. */
@NullMarked
package dev.hippo.cli.diagnosis;

import org.jspecify.annotations.NullMarked;
