// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.feed;

import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.MissionCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Tells hippos what they are asked for. Thread-safe. */
public final class Orders implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;

    public Orders(KafkaConnection kafka) {
        Map<String, Object> client = kafka.clientProperties("doctor-orders");
        client.put("acks", "all");
        client.put("max.block.ms", 5_000);
        client.put("delivery.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        client.put("linger.ms", 0);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Publishes a command; returns when Kafka has it.
     *
     * @throws KafkaUnavailable if Kafka did not say that it has; it may have all the same
     */
    public void send(MissionCommand command) throws KafkaUnavailable {
        send(List.of(command));
    }

    /**
     * Publishes commands in their order; returns when Kafka has all of them.
     *
     * @throws KafkaUnavailable if Kafka did not say that it has each; it may have some, or all
     */
    public void send(List<MissionCommand> commands) throws KafkaUnavailable {
        try {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (MissionCommand command : commands) {
                sent.add(producer.send(new ProducerRecord<>(
                        ControlTopics.COMMANDS, command.hippo().getBytes(StandardCharsets.UTF_8), command.toBytes())));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaUnavailable("Kafka did not take the command: " + cause.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while sending a command", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
