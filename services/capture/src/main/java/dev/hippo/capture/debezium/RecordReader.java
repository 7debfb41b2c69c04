// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Makes whole transactions of a connector's records. Not thread-safe. */
final class RecordReader {
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
        } else {
            Envelope change = Envelope.of(value);
            if (change != null) {
                change(change, record);
            }
        }
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

    private void change(Envelope change, SourceRecord record) throws SourceFailure, InterruptedException {
        boolean alone = !open || (change.op().equals("t") && database.truncatesAlone());
        if (alone
                && !begun
                && database.position(record.sourceOffset(), true, told).compareTo(from) <= 0) {
            // a statement that is stored already: the connector tells it again
            open = false;
            return;
        }
        TableRows rows = rows(change, record);
        if (!begun) {
            if (!open) {
                String id = change.transaction();
                transaction = id == null ? "" : database.transaction(id);
            }
            begun = true;
            listener.begin(transaction, change.committedAt());
        }
        change.tell(rows, listener);
        if (alone) {
            // a statement that is no part of a transaction, whose end is not told
            open = false;
            commit(record.sourceOffset());
        }
    }

    private TableRows rows(Envelope change, SourceRecord record) throws SourceFailure {
        TableRows known = tables.get(change.value().schema());
        if (known == null) {
            known = database.rows(change.source(), record.keySchema(), change.row());
            tables.put(change.value().schema(), known);
        }
        return known;
    }

    /** The last place of which the listener was told. */
    Position told() {
        return told;
    }
}
