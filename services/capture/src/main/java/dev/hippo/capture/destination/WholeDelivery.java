// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaUnavailable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A topic of all changes: each transaction of the source is applied whole, in one transaction of the database, in which there may be several. A snapshot too, and what it tells takes the
 * place of all rows of its tables. Not thread-safe.
 */
final class WholeDelivery implements Delivery {
    private final TopicFeed from;
    private final TopicPartition partition;
    private final Map<String, TopicTable> tables;
    private final WholeTransaction transaction;
    private final DeliveryMeters meters;
    private final Windows windows = new Windows();
    /** Whose rows the snapshot that is open takes the place of. */
    private final Set<TopicTable> replaced = new HashSet<>();
    /** Behind what the database has. */
    private long stored;
    /** Behind the last whole transaction that was told to the database. */
    private long whole;
    /** Records before that place that are not in the database yet. */
    private int wholeRecords;
    /** Records of a transaction that is not whole yet. */
    private int partRecords;
    /** The change that came last: who was not told that Kafka has it may have sent it again. */
    private @Nullable ChangeEvent lastTold;

    WholeDelivery(Database to, TopicFeed from, String topic, DeliveryMeters meters) throws DatabaseAway, HippoFailure {
        this.from = from;
        this.partition = new TopicPartition(topic, 0);
        this.tables = to.tables();
        this.transaction = to.whole();
        this.meters = meters;
        this.stored = from.position(partition);
        this.whole = stored;
        from.stepBack(partition);
    }

    @Override
    public int step() throws DatabaseAway, KafkaUnavailable, HippoFailure {
        List<ConsumerRecord<byte[], byte[]>> records = from.poll().records(partition);
        long begun = System.nanoTime();
        int brought = records.isEmpty() ? pass() : take(records);
        if (brought > 0) {
            meters.committed(begun);
        }
        if (windows.between()) {
            from.tellGroup();
        }
        return brought;
    }

    /** What is no record, such as the end of a transaction of Kafka, is passed too: else it would seem to be missing when retention has taken it. */
    private int pass() throws DatabaseAway, HippoFailure {
        if (windows.between() && from.position(partition) > stored) {
            whole = from.position(partition);
            return commit();
        }
        return 0;
    }

    private int take(List<ConsumerRecord<byte[], byte[]>> polled) throws DatabaseAway, HippoFailure {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>(polled.size());
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            if (record.offset() < stored) {
                lastTold = toldBefore(record);
            } else {
                records.add(record);
            }
        }
        List<ChangeEvent> changes = new ArrayList<>(records.size());
        int last = -1;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            changes.add(change(record));
            last = changes.get(changes.size() - 1).getTransaction().hasEnd() ? changes.size() - 1 : last;
        }
        int brought = 0;
        for (int i = 0; i < changes.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = records.get(i);
            ChangeEvent change = changes.get(i);
            boolean again = isSentAgain(change);
            lastTold = change;
            if (again) {
                partRecords++;
            } else {
                Windows.Step step = windows.take(record.offset(), change.getTransaction());
                if (step == Windows.Step.AGAIN) {
                    lastTold = null;
                    from.seek(partition, windows.start());
                    meters.forget();
                    return whole > stored ? brought + commit() : brought;
                }
                if (step == Windows.Step.WAIT) {
                    continue;
                }
                apply(record, change);
                partRecords++;
                if (windows.between()) {
                    meters.took(record, change);
                }
            }
            if (windows.between()) {
                whole = record.offset() + 1;
                wholeRecords += partRecords;
                partRecords = 0;
                // what is behind the last end belongs to the next transaction of the database
                brought += i == last ? commit() : 0;
            }
        }
        return brought;
    }

    /** Whether a change is the one before it once more; the rows of a snapshot that begins anew are none. */
    private boolean isSentAgain(ChangeEvent change) {
        return change.equals(lastTold)
                && !Windows.SNAPSHOT.equals(change.getTransaction().getId());
    }

    /** A change that the database has; null for what is none, which no longer matters. */
    private static @Nullable ChangeEvent toldBefore(ConsumerRecord<byte[], byte[]> record) {
        try {
            return record.value() == null ? null : ChangeEvent.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static ChangeEvent change(ConsumerRecord<byte[], byte[]> record) throws HippoFailure {
        if (record.value() == null) {
            throw noChange(record, "it has no value");
        }
        try {
            return ChangeEvent.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw noChange(record, String.valueOf(e.getMessage()));
        }
    }

    private static HippoFailure noChange(ConsumerRecord<byte[], byte[]> record, String because) {
        return new HippoFailure(
                "record " + record.topic() + "/" + record.partition() + "/" + record.offset()
                        + " is no change of a source: " + because
                        + "; find out who wrote it. Nothing of its transaction is in the database; the hippo goes on there when it is started again");
    }

    private int commit() throws DatabaseAway, HippoFailure {
        transaction.commit(partition, from.behind(partition, whole));
        stored = whole;
        int brought = wholeRecords;
        wholeRecords = 0;
        return brought;
    }

    private void apply(ConsumerRecord<byte[], byte[]> record, ChangeEvent change) throws DatabaseAway, HippoFailure {
        if (change.getTransaction().getIndex() == 0) {
            replaced.clear();
        }
        TopicTable to = tables.get(change.getTable());
        if (to == null) {
            // not one of those that are copied
            return;
        }
        switch (change.getOp()) {
            case TRUNCATE -> transaction.empty(to);
            case DELETE -> transaction.add(new SourceChange(record, to, deleted(record, change, to), null, List.of()));
            case CREATE, UPDATE, READ -> put(record, change, to);
            case OP_UNSPECIFIED, UNRECOGNIZED ->
                throw noChange(record, "this version does not know what it did (op " + change.getOpValue() + ")");
        }
    }

    private static byte[] deleted(ConsumerRecord<byte[], byte[]> record, ChangeEvent change, TopicTable to)
            throws HippoFailure {
        if (!change.hasKey()) {
            throw noChange(record, "it takes a row away and has no key");
        }
        return to.rowKey(record, change.getKey().toByteArray());
    }

    private void put(ConsumerRecord<byte[], byte[]> record, ChangeEvent change, TopicTable to)
            throws DatabaseAway, HippoFailure {
        if (!change.hasAfter()) {
            throw noChange(record, "it has no row");
        }
        // rows that are told again by order are some of the table's, as they are there
        boolean snapshot = Windows.SNAPSHOT.equals(change.getTransaction().getId());
        if (change.getOp() == Op.READ && snapshot && replaced.add(to)) {
            transaction.empty(to);
        }
        byte[] row = change.getAfter().toByteArray();
        byte[] name = to.rowKey(record, row);
        if (change.getOp() == Op.UPDATE && change.hasBefore()) {
            byte[] before = to.rowKey(record, change.getBefore().toByteArray());
            if (!Arrays.equals(before, name)) {
                transaction.add(new SourceChange(record, to, before, null, List.of()));
            }
        }
        boolean update = change.getOp() == Op.UPDATE;
        transaction.add(new SourceChange(record, to, name, row, update ? change.getUnchangedList() : List.of()));
    }

    @Override
    public String position() {
        return partition.topic() + "/" + partition.partition() + "@" + stored;
    }

    @Override
    public long lag() {
        return from.lag() + (windows.between() ? 0 : from.position(partition) - stored);
    }
}
