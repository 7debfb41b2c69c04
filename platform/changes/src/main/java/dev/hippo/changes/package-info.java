// SPDX-License-Identifier: Apache-2.0
/** Consumes a topic of all changes: whole windows, in order, each until it was taken. */
@NullMarked
package dev.hippo.changes;

import org.jspecify.annotations.NullMarked;
