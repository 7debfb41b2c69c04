// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What has become of rows, by their keys. */
final class ChangedRows {
    /** The row of a key that has none any more. */
    static final int GONE = -1;

    /**
     * One of them.
     *
     * @param row where it is among the rows that came; {@link #GONE} if it has gone away
     */
    record Changed(RowKey key, int row) {
        boolean isGone() {
            return row == GONE;
        }
    }

    private final Set<RowKey> keys;
    private final List<Changed> sorted;

    /** @param rows not changed any more */
    ChangedRows(Map<RowKey, Integer> rows) {
        this.keys = rows.keySet();
        List<Changed> changed = new ArrayList<>(rows.size());
        rows.forEach((key, row) -> changed.add(new Changed(key, row)));
        changed.sort((a, b) -> a.key().compareTo(b.key()));
        this.sorted = changed;
    }

    boolean contains(RowKey key) {
        return keys.contains(key);
    }

    /** In the order of their keys. */
    List<Changed> sorted() {
        return sorted;
    }
}
