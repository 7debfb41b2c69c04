// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the door's Kafka producer: idempotent, and never one that makes its caller wait. */
public final class EventProducer {
    private static final long TEN_YEARS_MILLIS = Duration.ofDays(3650).toMillis();

    private EventProducer() {}

    /**
     * The producer's settings. With {@code max.block.ms=0} and topic metadata that is fetched at the start and never forgotten,
     * {@code send()} does not wait and may be called on an event loop.
     */
    public static Map<String, Object> settings(
            KafkaConnection kafka, String clientId, long maxInFlightBytes, Duration deadline) {
        Map<String, Object> settings = kafka.clientProperties(clientId);
        settings.put("acks", "all");
        settings.put("enable.idempotence", true);
        settings.putIfAbsent("compression.type", "lz4");
        settings.putIfAbsent("linger.ms", 5);
        // headers make small events twice as large: the default of 16 KiB would hold few of them
        settings.putIfAbsent("batch.size", 64 << 10);
        settings.put("max.block.ms", 0);
        settings.put("metadata.max.idle.ms", TEN_YEARS_MILLIS);
        // room for all that may be in flight, and for batches that are not full
        settings.put("buffer.memory", 2 * maxInFlightBytes + (32L << 20));
        int request = (int) Math.max(1000, Math.min(30_000, deadline.toMillis() / 2));
        settings.put("request.timeout.ms", request);
        settings.put("delivery.timeout.ms", (int) Math.max(deadline.toMillis(), request + 1000L));
        return settings;
    }

    /**
     * Starts a producer and waits until it knows all topics.
     *
     * @throws HippoFailure if Kafka does not tell of them in time
     */
    public static KafkaProducer<byte[], byte[]> start(
            Map<String, Object> settings, Collection<String> topics, Duration wait) throws HippoFailure {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        long end = System.nanoTime() + wait.toNanos();
        for (String topic : topics) {
            while (!knows(producer, topic)) {
                if (System.nanoTime() > end || Thread.currentThread().isInterrupted()) {
                    producer.close(Duration.ZERO);
                    throw new HippoFailure("Kafka at " + settings.get("bootstrap.servers") + " did not tell of topic '"
                            + topic + "' within " + wait.toSeconds()
                            + " s; check that Kafka runs and that the topic exists ('hippo up' creates it)");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
        return producer;
    }

    private static boolean knows(KafkaProducer<byte[], byte[]> producer, String topic) {
        try {
            return !producer.partitionsFor(topic).isEmpty();
        } catch (TimeoutException e) {
            return false;
        }
    }
}
