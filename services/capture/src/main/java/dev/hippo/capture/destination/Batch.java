// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The records that were read together. Of those with one key only the last matters, and comes at its place. */
final class Batch {
    private final Map<String, TopicTable> tables;
    private final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();

    Batch(Map<String, TopicTable> tables, Iterable<ConsumerRecord<byte[], byte[]>> records) {
        this.tables = tables;
        records.forEach(this.records::add);
    }

    /** The rows of one table that are written, and the keys of those that go away. */
    record Rows(TopicTable table, List<@Nullable Object[]> written, List<Object[]> gone) {}

    int size() {
        return records.size();
    }

    /**
     * What all records together do, by table.
     *
     * @throws HippoFailure if that is nothing that could be done with one of them
     */
    List<Rows> latest() throws HippoFailure {
        Map<String, Map<ByteBuffer, ConsumerRecord<byte[], byte[]>>> last = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.key() == null) {
                // tells why not
                change(record);
            } else {
                Map<ByteBuffer, ConsumerRecord<byte[], byte[]>> byKey =
                        last.computeIfAbsent(record.topic(), topic -> new LinkedHashMap<>());
                ByteBuffer key = ByteBuffer.wrap(record.key());
                byKey.remove(key);
                byKey.put(key, record);
            }
        }
        List<Rows> all = new ArrayList<>();
        for (Map.Entry<String, Map<ByteBuffer, ConsumerRecord<byte[], byte[]>>> topic : last.entrySet()) {
            Rows rows = new Rows(table(topic.getKey()), new ArrayList<>(), new ArrayList<>());
            for (ConsumerRecord<byte[], byte[]> record : topic.getValue().values()) {
                RowChange change = change(record);
                @Nullable Object[] row = change.row();
                if (row == null) {
                    rows.gone().add(change.key());
                } else {
                    rows.written().add(row);
                }
            }
            all.add(rows);
        }
        return all;
    }

    /**
     * What each record does, in the order in which they were read.
     *
     * @throws HippoFailure as {@link #latest} does
     */
    List<RowChange> oneByOne() throws HippoFailure {
        List<RowChange> changes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            changes.add(change(record));
        }
        return changes;
    }

    private RowChange change(ConsumerRecord<byte[], byte[]> record) throws HippoFailure {
        return table(record.topic()).change(record);
    }

    private TopicTable table(String topic) {
        return Objects.requireNonNull(tables.get(topic));
    }
}
