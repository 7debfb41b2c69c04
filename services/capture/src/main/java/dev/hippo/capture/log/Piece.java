// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of the source, or a piece of a large one.
 *
 * @param transaction in the source's own words; empty when nothing of interest happened
 * @param first the place of the first change in the transaction, from 0
 * @param end where the transaction ends in the log; null if more of it comes
 */
record Piece(String transaction, Instant committedAt, int first, List<RowChange> changes, @Nullable Position end) {}
