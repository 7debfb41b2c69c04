// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceTable;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkWindowTest {
    private static final SourceTable TABLE = new SourceTable("public", "accounts", List.of(), List.of("id"));
    private static final SourceTable OTHER = new SourceTable("public", "lines", List.of(), List.of("id"));

    private final ChunkWindow window = new ChunkWindow("public.accounts", 3);

    private static RowChange row(SourceTable table, Op op, int key) {
        byte[] id = {(byte) key};
        return new RowChange(op, table, op == Op.TRUNCATE ? null : id, null, id, List.of());
    }

    private static Position place(int number) {
        return new Position(0, new byte[] {(byte) number});
    }

    private List<Integer> current(int place) {
        List<RowChange> rows = List.of(row(TABLE, Op.READ, 1), row(TABLE, Op.READ, 2), row(TABLE, Op.READ, 3));
        return window.current(rows, place(place)).stream()
                .map(row -> row.key() == null ? -1 : (int) row.key()[0])
                .toList();
    }

    @Test
    void rowsThatTheStreamHasToldFromBehindTheirPlaceAreLeftOut() {
        window.changed(row(TABLE, Op.UPDATE, 1));
        window.committed(place(5));
        window.changed(row(TABLE, Op.DELETE, 2));
        window.changed(row(OTHER, Op.UPDATE, 3));
        window.committed(place(7));
        assertThat(current(4)).containsExactly(3);
        assertThat(current(5)).as("what was committed before is in the rows").containsExactly(1, 3);
        assertThat(current(7)).containsExactly(1, 2, 3);
    }

    @Test
    void theLastChangeOfARowCounts() {
        window.changed(row(TABLE, Op.UPDATE, 1));
        window.committed(place(5));
        window.changed(row(TABLE, Op.UPDATE, 1));
        window.committed(place(8));
        assertThat(current(6)).containsExactly(2, 3);
    }

    @Test
    void noRowIsLeftOfATableThatWasEmptiedBehindThem() {
        window.changed(row(TABLE, Op.TRUNCATE, 0));
        window.committed(place(5));
        assertThat(current(4)).isEmpty();
        assertThat(current(5)).containsExactly(1, 2, 3);
    }

    @Test
    void itSaysWhenMoreWasChangedThanItKeepsInMind() {
        for (int key = 0; key < 3; key++) {
            window.changed(row(TABLE, Op.UPDATE, key));
        }
        assertThat(window.overflowed()).isFalse();
        window.changed(row(TABLE, Op.UPDATE, 3));
        assertThat(window.overflowed()).isTrue();
    }
}
