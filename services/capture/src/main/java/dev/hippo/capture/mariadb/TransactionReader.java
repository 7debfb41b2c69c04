// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes transactions of the events of the log and tells them. Not thread-safe: the reader of the log owns it. */
final class TransactionReader {
    private static final Logger log = LoggerFactory.getLogger(TransactionReader.class);
    private static final int STATEMENT_ENDS = 1;
    private static final int TABLE_ID = 6;
    private static final int QUERY_HEADER = 13;

    /** A transaction that was told whole. */
    record Told(String id, LogPlace end) {}

    private final Layouts layouts;
    private final RowsReader rows;
    private final ChangeListener to;
    private final long epoch;
    private final Map<Long, Layout> statement = new HashMap<>();
    private final Group group = new Group();

    private long file;
    private long offset;
    private volatile @Nullable Told lastTold;

    TransactionReader(Layouts layouts, LogPlace from, long epoch, ChangeListener to) {
        this.layouts = layouts;
        this.file = from.file();
        this.offset = from.offset();
        this.epoch = epoch;
        this.to = to;
        this.rows = new RowsReader(this::tell);
    }

    /** Behind the event that was read last. */
    LogPlace place() {
        return new LogPlace(file, offset);
    }

    /** The transaction that was told last; null if there was none. May be asked by any thread. */
    @Nullable
    Told lastTold() {
        return lastTold;
    }

    /** An event, without its check sum. */
    void event(LogEvent event) throws SourceFailure, InterruptedException {
        track(event);
        switch (event.type()) {
            case LogEvent.ROTATE -> rotate(event);
            case LogEvent.FORMAT -> checkWhole();
            case LogEvent.MARIADB_GTID -> group.mariaDb(event);
            case LogEvent.GTID, LogEvent.ANONYMOUS_GTID -> group.mySql(event);
            case LogEvent.QUERY -> query(event);
            case LogEvent.XID -> commit();
            case LogEvent.TABLE_MAP -> {
                Layout layout = layouts.of(event.body(), event.end(), place(), event.second());
                statement.put(TableMap.tableId(event.body()), layout);
            }
            case LogEvent.WRITE_ROWS, LogEvent.WRITE_ROWS_2 -> rows(event, RowsReader.Kind.WRITE);
            case LogEvent.UPDATE_ROWS, LogEvent.UPDATE_ROWS_2 -> rows(event, RowsReader.Kind.UPDATE);
            case LogEvent.DELETE_ROWS, LogEvent.DELETE_ROWS_2 -> rows(event, RowsReader.Kind.DELETE);
            case LogEvent.XA_PREPARE -> prepared(event);
            default -> {
                event.checkPassable(place());
                if (!group.open && !event.isOutsideLog()) {
                    to.advanced(place().position(epoch));
                }
            }
        }
    }

    /** The log tells only 32 bits of a place, and a transaction may be longer. */
    private void track(LogEvent event) throws SourceFailure {
        if (event.type() == LogEvent.FORMAT || event.type() == LogEvent.ROTATE || event.isOutsideLog()) {
            return;
        }
        long wrap = 1L << Integer.SIZE;
        long next = offset / wrap * wrap + event.next();
        if (next < offset && offset % wrap + event.length() >= wrap) {
            next += wrap;
        }
        if (next < offset) {
            throw new SourceFailure(
                    Kind.GONE,
                    "the server's binary log goes back, from " + offset + " to " + next + " in file " + file
                            + "; take a new snapshot with a higher epoch");
        }
        offset = next;
    }

    private void rotate(LogEvent event) throws SourceFailure, InterruptedException {
        String name = new String(event.body(), 8, event.end() - 8, StandardCharsets.UTF_8);
        LogPlace next = LogPlace.of(name, event.little(0, 8));
        if (next.file() < file) {
            throw new SourceFailure(
                    Kind.GONE,
                    "the server's binary log goes back, from file " + file + " to " + name
                            + "; take a new snapshot with a higher epoch");
        }
        if (next.file() > file) {
            file = next.file();
            offset = next.offset();
            to.advanced(place().position(epoch));
        }
    }

    /** A new file, or a server that was started again, begins: no transaction goes on over that. */
    private void checkWhole() throws SourceFailure {
        statement.clear();
        if (group.told) {
            throw new SourceFailure(
                    Kind.GONE,
                    "transaction " + group.id() + " breaks off in the server's binary log at " + place()
                            + ", as after a crash of the server; take a new snapshot");
        }
        group.end();
    }

    private void rows(LogEvent event, RowsReader.Kind kind) throws SourceFailure, InterruptedException {
        long id = event.little(0, TABLE_ID);
        if (statement.containsKey(id)) {
            Layout layout = statement.get(id);
            if (layout != null) {
                rows.read(event, kind, layout, place());
            }
        } else if ((event.little(TABLE_ID, 2) & STATEMENT_ENDS) == 0) {
            throw new SourceFailure(
                    Kind.GONE,
                    "the server's binary log has rows without their table's description at " + place()
                            + "; take a new snapshot");
        }
        if ((event.little(TABLE_ID, 2) & STATEMENT_ENDS) != 0) {
            statement.clear();
        }
    }

    private void tell(RowChange change) throws InterruptedException {
        if (!group.told) {
            group.told = true;
            to.begin(group.id(), group.committedAt);
        }
        to.change(change);
    }

    private void commit() throws InterruptedException {
        if (group.told) {
            lastTold = new Told(group.id(), place());
            to.commit(place().position(epoch));
        } else {
            to.advanced(place().position(epoch));
        }
        group.end();
        statement.clear();
    }

    private void prepared(LogEvent event) throws SourceFailure, InterruptedException {
        boolean onePhase = event.body()[0] != 0;
        if (!onePhase && group.told) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "a transaction of two phases (XA PREPARE) wrote to a captured table at " + place()
                            + ": whether it commits is not known yet, and this reader does not wait for it;"
                            + " leave the table out, or write to it without XA, then take a new snapshot");
        }
        commit();
    }

    private void query(LogEvent event) throws SourceFailure, InterruptedException {
        int schemaAt = QUERY_HEADER + (int) event.little(11, 2);
        int schemaLength = (int) event.little(8, 1);
        int textAt = schemaAt + schemaLength + 1;
        String text = new String(event.body(), textAt, event.end() - textAt, StandardCharsets.UTF_8);
        switch (text) {
            case "BEGIN" -> group.begin(event, place());
            case "COMMIT" -> commit();
            case "ROLLBACK" -> {
                refuseUndone(text);
                commit();
            }
            default -> {
                group.beginIfNot(event, place());
                String schema = new String(event.body(), schemaAt, schemaLength, StandardCharsets.UTF_8);
                other(schema, text, event);
            }
        }
    }

    private void other(String schema, String text, LogEvent event) throws SourceFailure, InterruptedException {
        if (text.startsWith("ROLLBACK TO")) {
            refuseUndone(text);
        } else if (text.startsWith("XA COMMIT") || text.startsWith("XA ROLLBACK")) {
            commit();
            return;
        } else if (!text.startsWith("SAVEPOINT") && !text.startsWith("XA ")) {
            apply(LogStatement.of(schema, text), event.second() + event.little(4, 4));
        }
        if (!group.transactional) {
            commit();
        }
    }

    private void refuseUndone(String text) throws SourceFailure {
        if (group.told) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "transaction " + group.id() + " wrote to tables that cannot undo it and to others, and was undone ("
                            + text + "); use InnoDB for captured tables, then take a new snapshot");
        }
    }

    private void apply(LogStatement done, long second) throws SourceFailure, InterruptedException {
        for (LogStatement.Name name : done.tables()) {
            if (done.kind() == LogStatement.Kind.DROP_SCHEMA) {
                for (String table : layouts.tables(name.schema())) {
                    dropped(name.schema(), table, second);
                }
            } else if (layouts.match(name.schema(), name.table())) {
                apply(done.kind(), name, second);
            }
        }
    }

    private void apply(LogStatement.Kind kind, LogStatement.Name name, long second)
            throws SourceFailure, InterruptedException {
        switch (kind) {
            case EMPTIED -> emptied(name.schema(), name.table());
            case DROPPED -> dropped(name.schema(), name.table(), second);
            case CHANGED -> layouts.changed(name.schema(), name.table(), place(), second);
            case ROWS_UNTOLD -> {
                log.warn(
                        "Rows of {}.{} came or went with a partition or a tablespace, of which the binary log does not"
                                + " tell; take a new snapshot of the table",
                        name.schema(),
                        name.table());
                layouts.changed(name.schema(), name.table(), place(), second);
            }
            case WRITES ->
                throw new SourceFailure(
                        Kind.SETTING,
                        "a statement that writes to " + name.schema() + "." + name.table() + " is in the binary log at "
                                + place() + " without its rows; nobody may set binlog_format to other than ROW,"
                                + " not for a session either; take a new snapshot");
            case DROP_SCHEMA, OTHER -> {}
        }
    }

    private void emptied(String schema, String name) throws InterruptedException {
        SourceTable table = layouts.table(schema, name);
        if (table == null) {
            log.warn("{}.{} was emptied and is not there any more: that is not told", schema, name);
        } else {
            tell(new RowChange(Op.TRUNCATE, table, null, null, null, List.of()));
        }
    }

    private void dropped(String schema, String name, long second) throws SourceFailure, InterruptedException {
        emptied(schema, name);
        layouts.changed(schema, name, place(), second);
    }

    /** The transaction, or the statement that stands for one, whose events come. */
    private static final class Group {
        private boolean open;
        private boolean transactional;
        private boolean told;
        private Instant committedAt = Instant.EPOCH;
        private @Nullable String id;
        private long domain;
        private long server;
        private long sequence;

        void mariaDb(LogEvent event) {
            begin(event);
            sequence = event.little(0, 8);
            domain = event.little(8, 4);
            server = event.server();
            transactional = (event.body()[12] & 1) == 0;
        }

        void mySql(LogEvent event) {
            begin(event);
            transactional = false;
            // flag, id, number, kind of clock, last committed, sequence, then microseconds of the commit
            int microsAt = 1 + 16 + 8 + 1 + 16;
            if (event.end() >= microsAt + 7) {
                long micros = event.little(microsAt, 7) & ~(1L << 55);
                committedAt = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
            }
            id = event.type() == LogEvent.GTID
                    ? new UUID(event.big(1), event.big(9)) + ":" + event.little(17, 8)
                    : null;
        }

        private void begin(LogEvent event) {
            open = true;
            told = false;
            id = null;
            sequence = 0;
            committedAt = Instant.ofEpochSecond(event.second());
        }

        void begin(LogEvent event, LogPlace place) {
            beginIfNot(event, place);
            transactional = true;
        }

        void beginIfNot(LogEvent event, LogPlace place) {
            if (!open) {
                begin(event);
                transactional = false;
            }
            if (id == null && sequence == 0) {
                id = place.file() + ":" + place.offset();
            }
        }

        String id() {
            return id != null ? id : domain + "-" + server + "-" + sequence;
        }

        void end() {
            open = false;
            told = false;
            transactional = false;
        }
    }
}
