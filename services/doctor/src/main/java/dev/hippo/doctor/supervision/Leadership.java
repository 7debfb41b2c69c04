// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of several Doctors leads: the one that Kafka's group coordinator gives the only partition of {@code hippo-services}. One that dies or is cut off loses it after
 * six seconds; one that stops, at once. Two may believe for a moment that they lead: then services are ordered about twice, and epochs keep that from starting twins.
 */
final class Leadership implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Leadership.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long CLOSE_MILLIS = 3_000;

    private final KafkaConnection kafka;
    private final String pipeline;
    private final String doctor;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean leads;

    Leadership(KafkaConnection kafka, String pipeline, String doctor) {
        this.kafka = kafka;
        this.pipeline = pipeline;
        this.doctor = doctor;
        this.thread = new Thread(this::run, "leadership");
        thread.setDaemon(true);
        thread.start();
    }

    boolean leads() {
        return leads;
    }

    private void run() {
        try {
            do {
                try {
                    stand();
                } catch (KafkaException e) {
                    lead(false);
                    log.warn("Cannot stand for leading, trying again: {}", e.getMessage());
                }
            } while (!closed.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stand() {
        Map<String, Object> client = kafka.clientProperties(doctor + "-leadership");
        client.put("group.id", "hippo-doctor." + pipeline);
        client.put("group.protocol", "classic");
        client.put("session.timeout.ms", 6_000);
        client.put("heartbeat.interval.ms", 1_000);
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "latest");
        client.put("allow.auto.create.topics", false);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            consumer.subscribe(List.of(ControlTopics.SERVICES), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    consumer.pause(partitions);
                    lead(!partitions.isEmpty());
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    lead(false);
                }
            });
            while (closed.getCount() > 0) {
                consumer.poll(POLL);
            }
        } catch (WakeupException e) {
            // closing
        } finally {
            lead(false);
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        }
    }

    private void lead(boolean now) {
        if (now != leads) {
            leads = now;
            log.info(now ? "This Doctor leads" : "This Doctor stands by");
        }
    }

    /** Gives the leadership up, if Kafka answers. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
