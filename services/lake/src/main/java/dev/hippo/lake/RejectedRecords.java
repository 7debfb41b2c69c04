// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Records that cannot be in a table, on their way to the topic where they are kept. Not thread-safe. */
final class RejectedRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final String hippo;
    private final List<Future<RecordMetadata>> kept = new ArrayList<>();

    /** @param topic where they are kept */
    RejectedRecords(KafkaProducer<byte[], byte[]> producer, String topic, String hippo) {
        this.producer = producer;
        this.topic = topic;
        this.hippo = hippo;
    }

    void keep(ConsumerRecord<byte[], byte[]> record, String because) {
        String place = record.topic() + "/" + record.partition() + "/" + record.offset();
        // with the time of writing: Kafka deletes by it, and what was set aside of an old event must not vanish at once
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(topic, null, record.key(), record.value());
        record.headers().forEach(header -> {
            if (!header.key().equals(EventHeaders.ID)) {
                copy.headers().add(header);
            }
        });
        Map<String, String> why = new HashMap<>();
        why.put(EventHeaders.ID, place);
        why.put(EventHeaders.REJECTED_AT, place);
        why.put(EventHeaders.REJECTED_BY, hippo);
        ArrayNode reasons = JSON.createArrayNode();
        reasons.addObject().put("path", "").put("rule", "parse").put("message", because);
        why.put(EventHeaders.REJECTED_BECAUSE, reasons.toString());
        why.forEach((name, value) -> copy.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        kept.add(producer.send(copy));
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** What was sent and not forgotten yet. */
    List<Future<RecordMetadata>> sent() {
        return kept;
    }

    void clear() {
        kept.clear();
    }
}
