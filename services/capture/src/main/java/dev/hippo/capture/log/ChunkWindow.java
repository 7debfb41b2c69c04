// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps in mind which rows of a table the stream tells while some of its rows are read beside it: where the stream is ahead of what was read, its word counts. After DBLog (<a
 * href="https://arxiv.org/abs/2010.12597">Andreakis and Papapanagiotou, 2020</a>), but with the place of the rows known, so that nothing has to be written to the source.
 * Not thread-safe.
 */
final class ChunkWindow {
    private final String table;
    private final int mostKeys;
    private final Map<ByteBuffer, Position> changed = new HashMap<>();
    private final List<ByteBuffer> open = new ArrayList<>();
    private boolean emptied;
    private @Nullable Position emptiedAt;
    private boolean overflowed;

    /**
     * Opens one.
     *
     * @param mostKeys how many changed rows it keeps in mind
     */
    ChunkWindow(String table, int mostKeys) {
        this.table = table;
        this.mostKeys = mostKeys;
    }

    /** The stream tells of a change of a transaction that is not whole yet. */
    void changed(RowChange change) {
        if (overflowed || !change.table().fullName().equals(table)) {
            return;
        }
        byte[] key = change.key();
        if (change.op() == RowChange.Op.TRUNCATE) {
            emptied = true;
        } else if (key != null) {
            if (changed.size() + open.size() >= mostKeys) {
                overflowed = true;
                changed.clear();
                open.clear();
            } else {
                open.add(ByteBuffer.wrap(key));
            }
        }
    }

    /** That transaction is whole. */
    void committed(Position behind) {
        open.forEach(key -> changed.put(key, behind));
        open.clear();
        if (emptied) {
            emptied = false;
            emptiedAt = behind;
        }
    }

    /** Whether more was changed than can be kept in mind: what was read has to be read again. */
    boolean overflowed() {
        return overflowed;
    }

    /** Those of the rows that the stream has told nothing of from behind the place at which they were read. */
    List<RowChange> current(List<RowChange> rows, Position at) {
        Position gone = emptiedAt;
        if (gone != null && gone.compareTo(at) > 0) {
            return List.of();
        }
        return rows.stream().filter(row -> isCurrent(row, at)).toList();
    }

    private boolean isCurrent(RowChange row, Position at) {
        byte[] key = row.key();
        Position last = key == null ? null : changed.get(ByteBuffer.wrap(key));
        return last == null || last.compareTo(at) <= 0;
    }
}
