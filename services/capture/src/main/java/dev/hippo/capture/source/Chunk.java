// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Some rows of a table, in the order of its key, as they all were at one place of the log.
 *
 * @param at the place: of what a stream tells from before it the rows have everything, and nothing of what comes behind
 * @param takenAt by the source's clock
 * @param last the key of the last row, in the source's own text; empty without rows
 * @param end whether the range has no rows behind them
 */
public record Chunk(Position at, Instant takenAt, List<RowChange> rows, Map<String, String> last, boolean end) {
    public Chunk {
        rows = List.copyOf(rows);
        last = Map.copyOf(last);
    }
}
