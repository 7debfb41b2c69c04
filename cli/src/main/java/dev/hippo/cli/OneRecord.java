// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes one record to Kafka, for commands that ask or tell the hippos something. */
final class OneRecord {
    private OneRecord() {}

    /**
     * Writes a record; returns when Kafka has it.
     *
     * @param what the record is, for the message if Kafka does not take it
     */
    static RecordMetadata send(KafkaConnection kafka, String what, ProducerRecord<byte[], byte[]> record)
            throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("hippo-" + what);
        client.put("acks", "all");
        client.put("max.block.ms", 10_000);
        client.put("delivery.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            return producer.send(record).get();
        } catch (ExecutionException | KafkaException e) {
            throw new KafkaUnavailable(
                    "Kafka did not take the " + what + ": " + e.getMessage() + "; is the pipeline up?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while sending a " + what, e);
        }
    }
}
