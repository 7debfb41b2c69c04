// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.verify;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The latest rows that a topic tells, read on from time to time. Not thread-safe. */
public final class TopicImage implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final TopicReader reader;
    private Map<TopicPartition, Long> next;
    private final Map<ByteBuffer, byte @Nullable []> followed = new HashMap<>();

    /** Is told of records. */
    @FunctionalInterface
    interface Listener {
        void record(byte[] key, byte @Nullable [] row) throws IOException;
    }

    /** Of a topic, from its beginning on. */
    public TopicImage(KafkaConnection kafka, String topic) throws KafkaUnavailable {
        this.reader = TopicReader.open(kafka, "verify-" + topic, topic);
        this.next = reader.beginnings();
    }

    /** Tells the records from where it is to the present end; those of one key in their order. */
    void read(Listener to) throws IOException {
        Map<TopicPartition, Long> end = reader.ends();
        reader.start(next, end);
        while (!reader.atEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (record.offset() < end.getOrDefault(partition, 0L)) {
                    to.record(record.key(), record.value());
                }
            }
        }
        next = end;
    }

    /** Keeps the latest row of a key from now on. */
    void follow(byte[] key, byte @Nullable [] row) {
        followed.put(ByteBuffer.wrap(key), row);
    }

    /** Reads on; gives the followed keys of which there was a record. */
    Set<ByteBuffer> readOn() throws IOException {
        Set<ByteBuffer> changed = new HashSet<>();
        read((key, row) -> {
            ByteBuffer name = ByteBuffer.wrap(key);
            if (followed.containsKey(name)) {
                followed.put(name, row);
                changed.add(name);
            }
        });
        return changed;
    }

    /** The latest row of a followed key; null if it is gone. */
    byte @Nullable [] row(byte[] key) {
        return followed.get(ByteBuffer.wrap(key));
    }

    @Override
    public void close() {
        reader.close();
    }
}
