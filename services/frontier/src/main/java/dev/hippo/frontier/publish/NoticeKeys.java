// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one topic's notices, read from the topic itself: whatever door wrote them, and whether or not it lived to hear that Kafka has
 * them. One thread at a time catches up; the ledger is for all.
 */
final class NoticeKeys {
    private static final int MOST_KEYS = 100_000;
    /** How far back a partition is read at most. */
    private static final long MOST_RECORDS = 1_000_000;

    private static final Duration POLL = Duration.ofMillis(100);

    private final String topic;
    private final Map<String, Object> client;
    private final KeyLedger ledger = new KeyLedger(MOST_KEYS);
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;

    NoticeKeys(String topic, KafkaConnection kafka, String clientId) {
        this.topic = topic;
        this.client = kafka.clientProperties(clientId);
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        client.put("allow.auto.create.topics", false);
        client.put("max.poll.records", 5_000);
        // reconnects soon after the broker has come back
        client.put("reconnect.backoff.max.ms", 500);
    }

    KeyLedger ledger() {
        return ledger;
    }

    /**
     * Reads what has come to the topic since the last time; at the first time, what came within the last day.
     *
     * @param now milliseconds since 1970
     * @throws KafkaException if Kafka does not tell all of it in that time
     */
    void catchUp(Duration within, long now) {
        long end = System.nanoTime() + within.toNanos();
        left(end);
        try {
            KafkaConsumer<byte[], byte[]> reader = consumer;
            if (reader == null) {
                reader = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                consumer = reader;
                begin(reader, now, end);
            }
            Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment(), left(end));
            while (behind(reader, ends, end)) {
                Duration left = left(end);
                reader.poll(left.compareTo(POLL) < 0 ? left : POLL).forEach(this::take);
            }
        } catch (TimeoutException e) {
            KafkaConsumer<byte[], byte[]> reader = consumer;
            if (reader != null && reader.assignment().isEmpty()) {
                close();
            }
            throw e;
        } catch (KafkaException | IllegalStateException e) {
            close();
            throw e;
        }
    }

    private void begin(KafkaConsumer<byte[], byte[]> reader, long now, long end) {
        List<TopicPartition> partitions = reader.partitionsFor(topic, left(end)).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        long since = now - KeyLedger.KEPT.toMillis();
        Map<TopicPartition, Long> ends = reader.endOffsets(partitions, left(end));
        Map<TopicPartition, OffsetAndTimestamp> begins = reader.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> since)), left(end));
        reader.assign(partitions);
        ends.forEach((partition, last) -> {
            OffsetAndTimestamp first = begins.get(partition);
            reader.seek(partition, first == null ? last : Math.max(first.offset(), last - MOST_RECORDS));
        });
    }

    private static boolean behind(KafkaConsumer<byte[], byte[]> reader, Map<TopicPartition, Long> ends, long end) {
        for (Map.Entry<TopicPartition, Long> last : ends.entrySet()) {
            if (reader.position(last.getKey(), left(end)) < last.getValue()) {
                return true;
            }
        }
        return false;
    }

    private static Duration left(long end) {
        long nanos = end - System.nanoTime();
        if (nanos <= 0) {
            throw new TimeoutException("the deadline is over");
        }
        return Duration.ofNanos(nanos);
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Header key = record.headers().lastHeader(EventHeaders.IDEMPOTENCY_KEY);
        if (key != null && key.value() != null && record.value() != null) {
            ledger.read(
                    new String(key.value(), StandardCharsets.UTF_8),
                    record.value(),
                    record.timestamp(),
                    new TopicPartition(record.topic(), record.partition()),
                    record.offset());
        }
    }

    /** Lets the connection go; the next use opens another and reads again. */
    void close() {
        KafkaConsumer<byte[], byte[]> reader = consumer;
        consumer = null;
        if (reader != null) {
            reader.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        }
    }
}
