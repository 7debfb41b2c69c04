// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of the source, or a piece of a large one; or some rows of a snapshot.
 *
 * @param transaction in the source's own words; empty when nothing of interest happened
 * @param first the place of the first change in the transaction, from 0
 * @param whole whether what is told up to here may be seen without what comes
 * @param bytes how large the images are together
 * @param end the place in the log up to which all is told with this piece; null if there is none yet
 * @param progress of an order to tell rows again, of which these are the last that were read; null if they are none
 */
record Piece(
        String transaction,
        Instant committedAt,
        int first,
        List<RowChange> changes,
        boolean whole,
        int bytes,
        @Nullable Position end,
        @Nullable SnapshotProgress progress) {}
