// SPDX-License-Identifier: Apache-2.0
/** Orders to tell rows of a captured table again, and how far they are carried out: records of a capture's topic of positions. */
@NullMarked
package dev.hippo.wire.snapshot;

import org.jspecify.annotations.NullMarked;
