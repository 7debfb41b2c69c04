// SPDX-License-Identifier: Apache-2.0
/** The door as a hippo: its life and its one port. */
@NullMarked
package dev.hippo.frontier;

import org.jspecify.annotations.NullMarked;
