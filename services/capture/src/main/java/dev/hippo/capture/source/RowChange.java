// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row's change, its images encoded as messages of the table's contract. Owned by whoever is told; the arrays are not written any more.
 *
 * @param table as it was when the row was written
 * @param key the key's columns alone; null for a table without a key and for {@link Op#TRUNCATE}
 * @param before the row before, as far as the source tells it; null if it does not
 * @param after the row after; null for {@link Op#DELETE} and {@link Op#TRUNCATE}
 * @param unchanged names of the fields of {@code after} that the source did not tell because they did not change: they have the values of the time at which the change was read, and none if the row was
 *     gone by then
 */
public record RowChange(
        Op op,
        SourceTable table,
        byte @Nullable [] key,
        byte @Nullable [] before,
        byte @Nullable [] after,
        List<String> unchanged) {

    /** What has happened to the row. */
    public enum Op {
        CREATE,
        UPDATE,
        DELETE,
        /** Nothing: it is told by a snapshot. */
        READ,
        /** All rows of the table were taken away at once. */
        TRUNCATE
    }
}
