// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import java.util.Arrays;
import java.util.List;

/** Reads the rows of an event, each as its change. Not thread-safe. */
final class RowsReader {
    private static final int HEADER = 8;

    /** What the event tells of its rows. */
    enum Kind {
        WRITE,
        UPDATE,
        DELETE
    }

    /** Takes the changes. */
    @FunctionalInterface
    interface Changes {
        void take(RowChange change) throws InterruptedException;
    }

    private final Changes to;
    private boolean[] before = new boolean[0];
    private boolean[] after = new boolean[0];

    RowsReader(Changes to) {
        this.to = to;
    }

    /**
     * Reads all.
     *
     * @param place behind the event, for messages
     */
    void read(LogEvent event, Kind kind, Layout layout, LogPlace place) throws SourceFailure, InterruptedException {
        try {
            readRows(event, kind, layout, place);
        } catch (IndexOutOfBoundsException e) {
            throw new SourceFailure(
                    SourceFailure.Kind.SETTING,
                    "rows of " + layout.table().fullName() + " in the binary log before " + place
                            + " are not as its columns are; take a new snapshot",
                    e);
        }
    }

    private void readRows(LogEvent event, Kind kind, Layout layout, LogPlace place)
            throws SourceFailure, InterruptedException {
        TableMap.Bytes bytes = new TableMap.Bytes(event.body(), HEADER, event.end());
        if (event.type() >= LogEvent.WRITE_ROWS_2) {
            bytes.skip((int) bytes.little(2) - 2);
        }
        int columns = (int) bytes.packed();
        if (columns != layout.columns()) {
            throw new IndexOutOfBoundsException(columns);
        }
        before = before.length == columns ? before : new boolean[columns];
        int beforeCount = present(bytes, before, layout, place);
        int afterCount = 0;
        if (kind == Kind.UPDATE) {
            after = after.length == columns ? after : new boolean[columns];
            afterCount = present(bytes, after, layout, place);
        }
        int at = bytes.at();
        while (at < event.end()) {
            at = layout.read(event.body(), at, before, beforeCount);
            switch (kind) {
                case WRITE -> to.take(created(layout));
                case DELETE -> to.take(deleted(layout));
                case UPDATE -> at = update(event.body(), at, layout, afterCount);
            }
        }
    }

    private static int present(TableMap.Bytes bytes, boolean[] present, Layout layout, LogPlace place)
            throws SourceFailure {
        int count = 0;
        int bits = 0;
        for (int i = 0; i < present.length; i++) {
            if ((i & 7) == 0) {
                bits = bytes.next();
            }
            present[i] = (bits & (1 << (i & 7))) != 0;
            if (present[i]) {
                count++;
            } else if (!layout.mayLack(i)) {
                throw new SourceFailure(
                        SourceFailure.Kind.SETTING,
                        "rows of " + layout.table().fullName() + " in the binary log before " + place + " lack column '"
                                + layout.table().columns().get(i).name()
                                + "'; nobody may set binlog_row_image to other than FULL, not for a session either;"
                                + " take a new snapshot");
            }
        }
        return count;
    }

    private static RowChange created(Layout layout) {
        return new RowChange(Op.CREATE, layout.table(), layout.key(), null, layout.image(), List.of());
    }

    private static RowChange deleted(Layout layout) {
        return new RowChange(Op.DELETE, layout.table(), layout.key(), layout.image(), null, List.of());
    }

    private int update(byte[] row, int from, Layout layout, int afterCount) throws SourceFailure, InterruptedException {
        SourceTable table = layout.table();
        byte[] oldKey = layout.key();
        byte[] old = layout.image();
        RowChange gone = deleted(layout);
        int at = layout.read(row, from, after, afterCount);
        if (Arrays.equals(oldKey, layout.key())) {
            to.take(new RowChange(Op.UPDATE, table, oldKey, old, layout.image(), List.of()));
        } else {
            to.take(gone);
            to.take(created(layout));
        }
        return at;
    }
}
