// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.wire.EventHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records that a step cannot decode. They are sent as they come and are all in Kafka before a checkpoint passes over them; after a restart the same one may
 * be kept again, with the same id. Owned by one task.
 */
final class RejectedRecords {
    private final TopicBinding binding;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    RejectedRecords(TopicBinding binding) {
        this.binding = binding;
    }

    /**
     * Keeps a record.
     *
     * @throws IOException if an earlier one could not be kept; the step must not go on
     */
    void keep(ConsumerRecord<byte[], byte[]> record, String because) throws IOException {
        String place = record.topic() + "/" + record.partition() + "/" + record.offset();
        // with the time of writing: Kafka deletes by it, and what was set aside of an old event must not vanish at once
        ProducerRecord<byte[], byte[]> kept =
                new ProducerRecord<>(binding.rejectedTopic(), null, record.key(), record.value());
        record.headers().forEach(header -> {
            if (!header.key().equals(EventHeaders.ID)) {
                kept.headers().add(header);
            }
        });
        ArrayNode reasons = JsonNodeFactory.instance.arrayNode();
        reasons.addObject().put("path", "").put("rule", "parse").put("message", because);
        Map.of(
                        EventHeaders.ID,
                        place,
                        EventHeaders.REJECTED_AT,
                        place,
                        EventHeaders.REJECTED_BY,
                        binding.hippo(),
                        EventHeaders.REJECTED_BECAUSE,
                        reasons.toString())
                .forEach((name, value) -> kept.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        check();
        try {
            producer().send(kept, (metadata, e) -> {
                if (e != null) {
                    failure.compareAndSet(null, e);
                }
            });
        } catch (KafkaException e) {
            throw cannot(e);
        }
    }

    /** Waits until all are in Kafka. */
    void flush() throws IOException {
        if (producer != null) {
            producer.flush();
            check();
        }
    }

    private void check() throws IOException {
        Exception e = failure.get();
        if (e != null) {
            throw cannot(e);
        }
    }

    private IOException cannot(Exception e) {
        return new IOException("an undecodable record could not be kept in topic '" + binding.rejectedTopic() + "'", e);
    }

    private KafkaProducer<byte[], byte[]> producer() {
        KafkaProducer<byte[], byte[]> open = producer;
        if (open == null) {
            Properties client = binding.clientProperties();
            client.put("acks", "all");
            client.put("compression.type", "lz4");
            client.put("delivery.timeout.ms", "20000");
            client.put("request.timeout.ms", "5000");
            client.put("max.block.ms", "20000");
            client.put("buffer.memory", Integer.toString(4 * 1024 * 1024));
            open = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
            producer = open;
        }
        return open;
    }

    void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
