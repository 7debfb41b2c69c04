// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import org.jspecify.annotations.Nullable;

/** Knows how to tell the rows of a table that the log has told of. */
@FunctionalInterface
interface Relations {
    /** Null for a table that is not asked for. */
    @Nullable
    TableEncoder encoder(RelationMessage relation) throws SourceFailure;
}
