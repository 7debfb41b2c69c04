// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends heartbeats. A Kafka that is down costs heartbeats and nothing else: a small buffer, short time-outs, and one line in the log when it goes and when it
 * comes back. {@link #send} may wait half a second and is for a thread of its own.
 */
public final class HeartbeatProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HeartbeatProducer.class);

    private final KafkaProducer<byte[], byte[]> producer;
    private boolean kafkaAnswers = true;

    public HeartbeatProducer(KafkaConnection kafka, String sender) {
        Map<String, Object> client = kafka.clientProperties("heartbeat-" + sender);
        client.putAll(Map.of(
                "max.block.ms",
                500,
                "buffer.memory",
                1 << 20,
                "batch.size",
                4 << 10,
                "delivery.timeout.ms",
                3_000,
                "request.timeout.ms",
                2_000,
                "linger.ms",
                0,
                "enable.idempotence",
                false,
                "acks",
                "1"));
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends one; whether it arrives is seen later, and only logged. */
    public void send(ObjectNode heartbeat) {
        try {
            producer.send(
                    new ProducerRecord<>(
                            ControlTopics.SERVICE_HEALTH,
                            heartbeat.path("service_name").asText().getBytes(StandardCharsets.UTF_8),
                            heartbeat.toString().getBytes(StandardCharsets.UTF_8)),
                    (metadata, failure) -> kafkaAnswers(failure == null));
        } catch (KafkaException e) {
            kafkaAnswers(false);
        }
    }

    private synchronized void kafkaAnswers(boolean answers) {
        if (answers != kafkaAnswers) {
            kafkaAnswers = answers;
            if (answers) {
                log.info("Kafka takes heartbeats again");
            } else {
                log.warn("Kafka does not take heartbeats; the work goes on");
            }
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofMillis(500));
    }
}
