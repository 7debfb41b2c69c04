// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic's records, as a rule the committed ones, outside any consumer group: to look at them, not to work on them. Not thread-safe. */
public final class TopicReader implements AutoCloseable {
    private final Map<String, Object> client;
    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private Map<TopicPartition, Long> ends = Map.of();

    private TopicReader(
            Map<String, Object> client, Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        this.client = client;
        this.consumer = consumer;
        this.partitions = List.copyOf(partitions);
    }

    /**
     * Opens a topic.
     *
     * @throws KafkaUnavailable if Kafka does not answer within 10 s, or has no such topic
     */
    public static TopicReader open(KafkaConnection kafka, String clientId, String topic) throws KafkaUnavailable {
        return open(kafka, clientId, topic, "read_committed");
    }

    /**
     * Opens a topic for one who writes to it and has to see what it has written itself, before that is committed; what was aborted is there too.
     *
     * @throws KafkaUnavailable as {@link #open} does
     */
    public static TopicReader openWithUncommitted(KafkaConnection kafka, String clientId, String topic)
            throws KafkaUnavailable {
        return open(kafka, clientId, topic, "read_uncommitted");
    }

    private static TopicReader open(KafkaConnection kafka, String clientId, String topic, String isolation)
            throws KafkaUnavailable {
        Map<String, Object> client = new HashMap<>(kafka.clientProperties(clientId));
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        client.put("default.api.timeout.ms", 10_000);
        client.put("allow.auto.create.topics", false);
        client.put("max.poll.records", 5_000);
        KafkaConsumer<byte[], byte[]> consumer;
        try {
            consumer = consumer(client, isolation);
        } catch (KafkaException e) {
            throw kafka.unusable(e);
        }
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                consumer.close();
                throw new KafkaUnavailable(
                        "topic '" + topic + "' is not in Kafka at " + kafka.bootstrapServers()
                                + "; is the pipeline up?",
                        null);
            }
            consumer.assign(partitions);
            return new TopicReader(client, consumer, partitions);
        } catch (KafkaException e) {
            consumer.close();
            throw new KafkaUnavailable(
                    "topic '" + topic + "' cannot be read at " + kafka.bootstrapServers() + ": " + e.getMessage()
                            + "; is the pipeline up?",
                    e);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String isolation) {
        Map<String, Object> isolated = new HashMap<>(client);
        isolated.put("isolation.level", isolation);
        return new KafkaConsumer<>(isolated, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Goes to the last so many records of the topic, shared evenly among its partitions; to the beginning for {@link Long#MAX_VALUE}. */
    public void start(long last) {
        ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        long each = last == Long.MAX_VALUE ? last : (last + partitions.size() - 1) / Math.max(1, partitions.size());
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, begin);
            consumer.seek(partition, each > end - begin ? begin : end - each);
        }
    }

    /**
     * Goes to the last records, shared evenly among the partitions. Other than {@link #start(long)} it looks for them: the marks of transactions, and what was aborted or compacted
     * away, have offsets too.
     *
     * @param last how many, at least 0; they are read twice
     */
    public void startLast(int last) {
        Map<TopicPartition, Long> until = ends();
        Map<TopicPartition, Long> begins = beginnings();
        int each = (last + partitions.size() - 1) / partitions.size();
        Map<TopicPartition, Long> from = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long end = until.getOrDefault(partition, begin);
            long window = each;
            Deque<Long> offsets = offsets(partition, Math.max(begin, end - window), end, each);
            while (offsets.size() < each && window < end - begin) {
                window *= 4;
                offsets = offsets(partition, Math.max(begin, end - window), end, each);
            }
            from.put(partition, offsets.isEmpty() ? end : offsets.getFirst());
        }
        consumer.resume(partitions);
        from.forEach(consumer::seek);
        ends = until;
    }

    private Deque<Long> offsets(TopicPartition partition, long from, long until, int last) {
        Deque<Long> offsets = new ArrayDeque<>();
        start(Map.of(partition, from), Map.of(partition, until));
        while (!atEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : poll(Duration.ofMillis(200))) {
                offsets.addLast(record.offset());
                if (offsets.size() > last) {
                    offsets.removeFirst();
                }
            }
        }
        return offsets;
    }

    /**
     * Goes to the beginning, and calls the end what is written by now, though a transaction before it may still be open: {@link #atEnd} waits until it has been ended,
     * by its writer or, if that is dead, by Kafka. For who must not miss its own records behind those that another has left open.
     */
    public void startWhole() {
        Map<TopicPartition, Long> written;
        try (KafkaConsumer<byte[], byte[]> uncommitted = consumer(client, "read_uncommitted")) {
            written = uncommitted.endOffsets(partitions);
        }
        start(beginnings(), written);
    }

    /** Where each partition begins. */
    public Map<TopicPartition, Long> beginnings() {
        return consumer.beginningOffsets(partitions);
    }

    /** Where each partition ends for this reader: for one of committed records before the first transaction that is open. */
    public Map<TopicPartition, Long> ends() {
        return consumer.endOffsets(partitions);
    }

    /** Before the first of these offsets every record of the partition is older than that time. */
    public Map<TopicPartition, Long> since(Instant time) {
        Map<TopicPartition, Long> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, time.toEpochMilli()));
        Map<TopicPartition, Long> since = new HashMap<>(ends());
        consumer.offsetsForTimes(asked).forEach((partition, found) -> {
            if (found != null) {
                since.put(partition, found.offset());
            }
        });
        return since;
    }

    /** Goes to an offset in each partition and calls another the end; a partition whose end is not behind it gives nothing. */
    public void start(Map<TopicPartition, Long> from, Map<TopicPartition, Long> until) {
        ends = Map.copyOf(until);
        for (TopicPartition partition : partitions) {
            long begin = from.getOrDefault(partition, 0L);
            consumer.seek(partition, begin);
            if (begin < ends.getOrDefault(partition, 0L)) {
                consumer.resume(List.of(partition));
            } else {
                consumer.pause(List.of(partition));
            }
        }
    }

    /** The next records, waiting at most so long. */
    public ConsumerRecords<byte[], byte[]> poll(Duration wait) {
        return consumer.poll(wait);
    }

    /** Whether all that was there at {@link #start} has been read. */
    public boolean atEnd() {
        return partitions.stream().allMatch(p -> consumer.position(p) >= ends.getOrDefault(p, 0L));
    }

    /** How many records the topic holds for a reader of committed ones; reads them all. */
    public long count() {
        start(Long.MAX_VALUE);
        long count = 0;
        while (!atEnd()) {
            for (ConsumerRecord<byte[], byte[]> record : poll(Duration.ofMillis(500))) {
                if (record.offset() < ends.getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)) {
                    count++;
                }
            }
        }
        return count;
    }

    @Override
    public void close() {
        // not the half second that a fetch may wait at the end of a topic
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
