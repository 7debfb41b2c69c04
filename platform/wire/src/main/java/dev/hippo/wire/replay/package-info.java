// SPDX-License-Identifier: Apache-2.0
/** A range of a topic once more: into another topic, each record once. */
@NullMarked
package dev.hippo.wire.replay;

import org.jspecify.annotations.NullMarked;
