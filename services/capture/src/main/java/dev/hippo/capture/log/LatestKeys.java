// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Which rows a topic of latest rows has, read from the topic itself, one partition after the other: what is kept in memory meanwhile is the keys of one partition. Only one process
 * writes to the topic.
 */
final class LatestKeys {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConnection kafka;
    private final String client;
    private final String topic;

    LatestKeys(KafkaConnection kafka, String client, String topic) {
        this.kafka = kafka;
        this.client = client;
        this.topic = topic;
    }

    /** Where each partition ends, as far as it is committed. */
    Map<TopicPartition, Long> ends() throws KafkaUnavailable {
        try (TopicReader reader = TopicReader.open(kafka, client, topic)) {
            return reader.ends();
        }
    }

    /** Tells the keys of all rows that are there for the transaction that is open; its records have been flushed. */
    void all(Consumer<byte[]> to) throws KafkaUnavailable {
        tell(partition -> Long.MAX_VALUE, to);
    }

    /** As {@link #all}, but only of rows that nothing at these offsets or behind has touched. */
    void olderThan(Map<TopicPartition, Long> offsets, Consumer<byte[]> to) throws KafkaUnavailable {
        tell(partition -> offsets.getOrDefault(partition, 0L), to);
    }

    private void tell(ToLongFunction<TopicPartition> limit, Consumer<byte[]> to) throws KafkaUnavailable {
        try (TopicReader committed = TopicReader.open(kafka, client, topic);
                TopicReader open = TopicReader.openWithUncommitted(kafka, client, topic)) {
            Map<TopicPartition, Long> begins = committed.beginnings();
            // behind these offsets is what the open transaction has written, and what one before it has whose end Kafka
            // is still noting; nothing there was aborted
            Map<TopicPartition, Long> middles = committed.ends();
            Map<TopicPartition, Long> ends = open.ends();
            for (TopicPartition partition : ends.keySet()) {
                long before = limit.applyAsLong(partition);
                if (before <= begins.getOrDefault(partition, 0L)) {
                    continue;
                }
                Map<ByteBuffer, Long> rows = new HashMap<>();
                read(committed, begins, partition, middles.getOrDefault(partition, 0L), rows);
                read(open, middles, partition, ends.getOrDefault(partition, 0L), rows);
                rows.forEach((key, offset) -> {
                    if (offset < before) {
                        byte[] bytes = new byte[key.remaining()];
                        key.get(bytes);
                        to.accept(bytes);
                    }
                });
            }
        }
    }

    private static void read(
            TopicReader reader,
            Map<TopicPartition, Long> from,
            TopicPartition partition,
            long end,
            Map<ByteBuffer, Long> rows) {
        reader.start(from, Map.of(partition, end));
        while (!reader.atEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                if (record.offset() >= end) {
                    continue;
                }
                if (record.value() == null) {
                    rows.remove(ByteBuffer.wrap(record.key()));
                } else {
                    rows.put(ByteBuffer.wrap(record.key()), record.offset());
                }
            }
        }
    }
}
