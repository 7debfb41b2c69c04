// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Assignment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what the Doctor orders and tells. Thread-safe. */
final class Dispatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Dispatch.class);

    private final KafkaProducer<byte[], byte[]> producer;

    Dispatch(KafkaConnection kafka, String doctor) {
        Map<String, Object> client = kafka.clientProperties(doctor + "-dispatch");
        client.put("acks", "all");
        client.put("max.block.ms", 5_000);
        client.put("delivery.timeout.ms", 6_000);
        client.put("request.timeout.ms", 3_000);
        client.put("linger.ms", 0);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Writes; returns when Kafka has everything.
     *
     * @throws KafkaUnavailable if Kafka did not say that it has; it may have some or all the same
     */
    void write(Decisions decisions) throws KafkaUnavailable {
        List<Future<?>> sent = new ArrayList<>();
        try {
            for (Assignment assignment : decisions.assignments()) {
                log.info(
                        "Ordered service={} agent={} running={} kill={} reason={}",
                        assignment.service(),
                        assignment.agent(),
                        assignment.running(),
                        assignment.kill(),
                        assignment.reason());
                sent.add(producer.send(new ProducerRecord<>(
                        ControlTopics.SERVICES,
                        Assignment.key(assignment.pipeline(), assignment.service()),
                        assignment.toBytes())));
            }
            for (Alert alert : decisions.alerts()) {
                log.warn("Alert cause={} text={}", alert.cause().word(), alert.text());
                sent.add(producer.send(new ProducerRecord<>(
                        ControlTopics.ALERTS, alert.subject().getBytes(StandardCharsets.UTF_8), alert.toBytes())));
            }
            for (Future<?> each : sent) {
                each.get();
            }
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaUnavailable("Kafka did not take what the Doctor orders: " + cause.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while ordering", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
    }
}
