// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.wire.EventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Keeps records that a step cannot decode. Each is in Kafka before the step goes on, so that no checkpoint passes over one that was not kept; after a restart
 * the same one may be kept again, with the same id. Not thread-safe.
 */
final class RejectedRecords {
    private static final long WAIT_SECONDS = 20;

    private final TopicBinding binding;

    RejectedRecords(TopicBinding binding) {
        this.binding = binding;
    }

    /**
     * Keeps a record.
     *
     * @throws IOException if Kafka does not acknowledge; the step must not go on
     */
    void keep(ConsumerRecord<byte[], byte[]> record, String because) throws IOException {
        String place = record.topic() + "/" + record.partition() + "/" + record.offset();
        ProducerRecord<byte[], byte[]> kept =
                new ProducerRecord<>(binding.rejectedTopic(), null, record.timestamp(), record.key(), record.value());
        record.headers().forEach(header -> {
            if (!header.key().equals(EventHeaders.ID)) {
                kept.headers().add(header);
            }
        });
        Map.of(
                        EventHeaders.ID,
                        place,
                        EventHeaders.REJECTED_AT,
                        place,
                        EventHeaders.REJECTED_BY,
                        binding.hippo(),
                        EventHeaders.REJECTED_BECAUSE,
                        "[{\"path\":\"\",\"rule\":\"parse\",\"message\":\"" + because.replace("\"", "'") + "\"}]")
                .forEach((name, value) -> kept.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        Properties client = binding.clientProperties();
        client.put("acks", "all");
        client.put("delivery.timeout.ms", "15000");
        client.put("request.timeout.ms", "5000");
        // rejected records are rare; a producer that is kept for them would only hold threads and memory
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.send(kept).get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "the undecodable record " + place + " could not be kept in " + binding.rejectedTopic(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keeping the undecodable record " + place, e);
        } finally {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
