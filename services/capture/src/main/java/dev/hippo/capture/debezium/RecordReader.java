// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Makes whole transactions of a connector's records. Not thread-safe. */
final class RecordReader {
    private static final int MICROS_A_SECOND = 1_000_000;
    private static final long NANOS_A_MICRO = 1_000;

    private final Database database;
    private final ChangeListener listener;
    private final IdentityHashMap<Schema, TableRows> tables = new IdentityHashMap<>();
    private final String transactions;
    private final String heartbeats;

    private final Position from;
    private Position told;
    private boolean open;
    /** Whether the listener knows of the open transaction: not before its first change. */
    private boolean begun;

    private String transaction = "";

    /**
     * For the records behind a position.
     *
     * @param prefix of the connector's topics
     */
    RecordReader(Database database, String prefix, Position from, ChangeListener listener) {
        this.database = database;
        this.listener = listener;
        this.from = from;
        this.told = from;
        this.transactions = prefix + ".transaction";
        this.heartbeats = "__debezium-heartbeat." + prefix;
    }

    void read(SourceRecord record) throws SourceFailure, InterruptedException {
        if (!(record.value() instanceof Struct value)) {
            return;
        }
        if (record.topic().equals(transactions)) {
            mark(value, record.sourceOffset());
        } else if (record.topic().equals(heartbeats)) {
            if (!open) {
                advance(record.sourceOffset(), false);
            }
        } else if (isChange(value)) {
            change(value, record);
        }
    }

    /** Words that an application has written into the log are none. */
    private static boolean isChange(Struct value) {
        return value.schema().field("op") != null
                && value.schema().field("source") != null
                && !"m".equals(value.getString("op"));
    }

    private void mark(Struct value, Map<String, ?> offset) throws SourceFailure, InterruptedException {
        if (value.getString("status").equals("BEGIN")) {
            if (begun) {
                throw new SourceFailure(
                        Kind.PASSING,
                        "the connector tells a transaction behind " + transaction
                                + " before that one's end, as after a connection that broke");
            }
            open = true;
            transaction = database.transaction(value.getString("id"));
            return;
        }
        open = false;
        if (begun) {
            commit(offset);
        } else {
            advance(offset, true);
        }
    }

    private void advance(Map<String, ?> offset, boolean whole) throws SourceFailure, InterruptedException {
        Position to = database.position(offset, whole, told);
        if (to.compareTo(told) > 0) {
            told = to;
            listener.advanced(to);
        }
    }

    private void commit(Map<String, ?> offset) throws SourceFailure, InterruptedException {
        Position behind = database.position(offset, true, told);
        if (behind.compareTo(told) <= 0) {
            throw new SourceFailure(
                    Kind.GONE,
                    "The log went back: transaction " + transaction
                            + " came after one that is behind it. The server is another, or was restored from a back-up: raise the epoch, and take a new snapshot");
        }
        told = behind;
        begun = false;
        listener.commit(behind);
    }

    private void change(Struct value, SourceRecord record) throws SourceFailure, InterruptedException {
        Struct source = value.getStruct("source");
        boolean alone = !open || (value.getString("op").equals("t") && database.truncatesAlone());
        if (alone
                && !begun
                && database.position(record.sourceOffset(), true, told).compareTo(from) <= 0) {
            // a statement that is stored already: the connector tells it again
            open = false;
            return;
        }
        TableRows rows = rows(value, source);
        if (!begun) {
            if (!open) {
                transaction = alone(value, source);
            }
            begun = true;
            listener.begin(transaction, committedAt(source));
        }
        Struct before = struct(value, "before");
        Struct after = struct(value, "after");
        String op = value.getString("op");
        switch (op) {
            case "c", "r" -> rows.insert(present(after, op), listener);
            case "u" -> rows.update(before, present(after, op), listener);
            case "d" -> rows.delete(present(before, op), listener);
            case "t" -> rows.truncate(listener);
            default ->
                throw new SourceFailure(Kind.SETTING, "the connector tells an operation '" + op + "', which is none");
        }
        if (alone) {
            // a statement that is no part of a transaction, whose end is not told
            open = false;
            commit(record.sourceOffset());
        }
    }

    private TableRows rows(Struct value, Struct source) throws SourceFailure {
        TableRows known = tables.get(value.schema());
        if (known == null) {
            known = database.rows(source, value.schema().field("after").schema());
            tables.put(value.schema(), known);
        }
        return known;
    }

    private static @Nullable Struct struct(Struct value, String field) {
        return value.schema().field(field) == null ? null : value.getStruct(field);
    }

    private static Struct present(@Nullable Struct row, String op) throws SourceFailure {
        if (row == null) {
            throw new SourceFailure(
                    Kind.SETTING, "the connector tells a change '" + op + "' without its row; give the table a key");
        }
        return row;
    }

    private String alone(Struct value, Struct source) {
        Struct block = struct(value, "transaction");
        String id = block == null ? null : block.getString("id");
        if (id == null) {
            id = Database.text(source, "gtid");
        }
        return id == null ? "" : database.transaction(id);
    }

    static Instant committedAt(Struct source) {
        if (source.schema().field("ts_us") != null && source.getInt64("ts_us") != null) {
            long micros = source.getInt64("ts_us");
            return Instant.ofEpochSecond(
                    Math.floorDiv(micros, MICROS_A_SECOND), Math.floorMod(micros, MICROS_A_SECOND) * NANOS_A_MICRO);
        }
        Long millis = source.getInt64("ts_ms");
        return millis == null ? Instant.EPOCH : Instant.ofEpochMilli(millis);
    }

    /** The last place of which the listener was told. */
    Position told() {
        return told;
    }
}
