// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of one table with a key: those of a snapshot, and what changes make of them. No change may be one that the rows have already. */
final class SnapshotRows implements SnapshotListener {
    private final TableMessages messages;
    private final Map<ByteBuffer, RowChange> rows = new HashMap<>();
    private Position at;
    private boolean whole;

    SnapshotRows(TableMessages messages) {
        this.messages = messages;
    }

    @Override
    public void begin(Position place, Instant takenAt) {
        assertThat(takenAt).isAfter("2020-01-01T00:00:00Z");
        at = place;
    }

    @Override
    public void table(SourceTable table) {
        assertThat(at).isNotNull();
    }

    @Override
    public void row(RowChange read) {
        assertThat(read.op()).isEqualTo(Op.READ);
        assertThat(read.before()).isNull();
        assertThat(rows.put(ByteBuffer.wrap(read.key()), read)).isNull();
    }

    @Override
    public void end() {
        whole = true;
    }

    void apply(RowChange change) {
        ByteBuffer key = ByteBuffer.wrap(change.key());
        switch (change.op()) {
            case CREATE -> assertThat(rows.put(key, change)).isNull();
            case UPDATE -> {
                assertThat(rows.get(key).after()).isEqualTo(change.before());
                rows.put(key, change);
            }
            case DELETE -> assertThat(rows.remove(key).after()).isEqualTo(change.before());
            case READ, TRUNCATE -> throw new IllegalStateException(change.toString());
        }
    }

    Position at() {
        return at;
    }

    boolean isWhole() {
        return whole;
    }

    int size() {
        return rows.size();
    }

    Collection<RowChange> all() {
        return rows.values();
    }

    List<String> values() {
        return rows.values().stream()
                .map(row -> messages.values(row.table(), row.after()).toString())
                .toList();
    }
}
