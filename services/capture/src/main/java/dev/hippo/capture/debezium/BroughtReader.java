// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes whole transactions of the records of a connector of which nothing is known. A position behind which a change could be lost is never told:
 *
 * <ul>
 *   <li>The words of a change, and those of a heartbeat, are for a place behind all that was told before.
 *   <li>So are those of a transaction's end, if the connector sees it; one that takes the next transaction's first change for it has the words of that change. Which of the two it is shows with the next
 *       change; where none comes, the words of the transaction's last change stand.
 *   <li>Changes with the same words belong together, as those of a row whose key has changed.
 * </ul>
 *
 * <p>Not thread-safe.
 */
final class BroughtReader {
    /** After so long without anything a transaction is whole whose end is told late, or not at all. */
    static final Duration LATE = Duration.ofSeconds(2);

    private final BroughtDatabase database;
    private final ChangeListener listener;
    private final boolean endsLate;
    private final String transactions;
    private final String heartbeats;
    private final CountedOffset from;
    /** Until a change comes that is not the stored one; of first rows none is. */
    private boolean atBeginning;

    private CountedOffset told;
    private @Nullable Map<String, ?> partition;

    /** Whether a change or a mark has come since the last poll; a heartbeat says nothing of an open transaction. */
    private boolean heard = true;
    /** When the last one had come, by {@link System#nanoTime}. */
    private long heardAt;
    /** The id of the transaction that was told last, or of a part of it. */
    private String lastId = "";

    /** The transaction whose beginning was told last and whose end was not yet; null without one. */
    private @Nullable String marked;

    /** What the listener was told of and not the end; null without one. */
    private @Nullable Open open;

    /**
     * For the records behind a position.
     *
     * @param prefix of the connector's topics
     * @param endsLate whether the connector tells a transaction's end only when the next begins
     */
    BroughtReader(BroughtDatabase database, String prefix, boolean endsLate, Position from, ChangeListener listener) {
        this.database = database;
        this.listener = listener;
        this.endsLate = endsLate;
        this.transactions = prefix + ".transaction";
        this.heartbeats = "__debezium-heartbeat." + prefix;
        this.from = CountedOffset.of(from);
        this.told = this.from;
        this.atBeginning = this.from.count() > 1;
    }

    /** A transaction of which changes were told. */
    private static final class Open {
        /** Whether the connector knows of it as one. */
        final boolean known;
        /** Whether nothing was told of it but that tables were emptied, which is for some databases a transaction whose end is not told. */
        boolean emptied = true;
        /** The words of its last change. */
        Map<String, ?> last = Map.of();
        /** The words of its end, once it is told. */
        @Nullable
        Map<String, ?> end;

        Open(boolean known) {
            this.known = known;
        }
    }

    void read(SourceRecord record) throws SourceFailure, InterruptedException {
        if (!(record.value() instanceof Struct value)) {
            return;
        }
        checkPartition(record);
        if (record.topic().equals(transactions)) {
            mark(value, record.sourceOffset());
        } else if (record.topic().equals(heartbeats)) {
            heartbeat(record.sourceOffset());
        } else {
            Envelope change = Envelope.of(value);
            if (change != null) {
                change(change, record);
            }
        }
    }

    private void checkPartition(SourceRecord record) throws SourceFailure {
        Map<String, ?> of = record.sourcePartition();
        if (partition == null) {
            partition = of;
        } else if (of != null && !of.equals(partition)) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "the connector reads several logs at once, " + partition + " and " + of
                            + "; make a hippo for each database");
        }
    }

    private void mark(Struct value, Map<String, ?> offset) throws SourceFailure, InterruptedException {
        heard = true;
        Open before = open;
        if (value.getString("status").equals("BEGIN")) {
            if (before != null && before.end == null) {
                if (before.known && !before.emptied) {
                    throw new SourceFailure(
                            Kind.PASSING,
                            "the connector tells a transaction before the end of the one before, as after a connection that broke");
                }
                commit(before.last);
            }
            marked = value.getString("id");
            return;
        }
        marked = null;
        if (before == null) {
            return;
        }
        if (before.end == null) {
            before.end = offset;
        } else {
            // of a transaction without changes: so the one before has its own end
            commit(before.end);
        }
    }

    private void heartbeat(Map<String, ?> offset) throws InterruptedException {
        Open before = open;
        if (before != null && (before.end != null || !before.known)) {
            commit(marked == null ? offset : before.last);
        } else if (before == null && marked == null && !told.isAt(offset)) {
            told = told.next(offset);
            listener.advanced(told.position());
        }
    }

    private void change(Envelope change, SourceRecord record) throws SourceFailure, InterruptedException {
        heard = true;
        Map<String, ?> offset = record.sourceOffset();
        if (change.op().equals("r")) {
            throw new SourceFailure(
                    Kind.GONE,
                    "the connector reads all rows anew and not on from where it was (" + from.describe()
                            + "): its log does not reach back there any more; give the hippo another name, and it begins with all"
                            + " rows");
        }
        if (atBeginning && from.isAt(offset)) {
            // stored already: the connector tells it again
            return;
        }
        atBeginning = false;
        settle(change, offset);
        boolean emptied = change.op().equals("t");
        TableRows rows = emptied ? null : database.rows(change.source(), record.keySchema(), change.row());
        Open now = open;
        if (now == null) {
            now = new Open(marked != null || change.isInTransaction());
            open = now;
            listener.begin(id(marked == null ? change.transaction() : marked), change.committedAt());
        }
        if (rows == null) {
            database.emptied(change.source(), listener);
        } else {
            change.tell(rows, listener);
        }
        now.emptied &= emptied;
        now.last = offset;
    }

    /** Unlike that of any other transaction, and the same when it is told again. */
    private String id(@Nullable String connectors) {
        String number = Long.toString(told.count() + 1);
        if (connectors == null || connectors.isEmpty()) {
            return "change:" + number;
        }
        String plain = database.transaction(connectors);
        String id = plain.equals(lastId) ? plain + "+" + number : plain;
        lastId = plain;
        return id;
    }

    /** What was open before a change, if the change is none of it. */
    private void settle(Envelope change, Map<String, ?> offset) throws InterruptedException {
        Open before = open;
        if (before == null) {
            return;
        }
        Map<String, ?> end = before.end;
        if (end != null) {
            commit(CountedOffset.isSame(end, offset) ? before.last : end);
        } else if (!before.known
                && (marked != null || change.isInTransaction() || !CountedOffset.isSame(before.last, offset))) {
            commit(before.last);
        }
    }

    /**
     * To be called after each poll, whatever has come with it: what nothing more has come of for a while is whole.
     *
     * @param now by {@link System#nanoTime}
     */
    void polled(long now) throws InterruptedException {
        if (heard) {
            heard = false;
            heardAt = now;
        } else {
            quiet(Duration.ofNanos(now - heardAt));
        }
    }

    private void quiet(Duration since) throws InterruptedException {
        Open before = open;
        if (before == null) {
            return;
        }
        boolean late = since.compareTo(LATE) >= 0;
        if (before.end != null || (late && (endsLate || before.emptied || !before.known))) {
            commit(before.last);
        }
    }

    private void commit(Map<String, ?> behind) throws InterruptedException {
        open = null;
        told = told.next(behind);
        listener.commit(told.position());
    }

    /** The last place of which the listener was told. */
    Position told() {
        return told.position();
    }

    /** As the connector names what it reads; null before anything has come. */
    @Nullable
    Map<String, ?> partition() {
        return partition;
    }
}
