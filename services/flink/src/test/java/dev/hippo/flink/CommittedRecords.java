// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.contracts.Contract;
import dev.hippo.wire.KafkaConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All records of a topic that a reader of committed records is given, from the first on. Not thread-safe. */
final class CommittedRecords implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Contract contract;
    private final List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();

    CommittedRecords(KafkaConnection kafka, String topic, Contract contract) {
        this.contract = contract;
        Map<String, Object> client = kafka.clientProperties("test-" + topic);
        client.put("isolation.level", "read_committed");
        client.put("auto.offset.reset", "earliest");
        consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** The records so far. */
    List<ConsumerRecord<byte[], byte[]>> poll() {
        consumer.poll(Duration.ofMillis(200)).forEach(all::add);
        return all;
    }

    /** The values so far as {@code key=JSON}, {@code key=null} for a deletion. */
    List<String> texts() {
        return poll().stream().map(this::text).toList();
    }

    /** The latest value of each key as JSON; one that was deleted is not there. */
    Map<String, String> latest() {
        Map<String, String> latest = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : poll()) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                latest.remove(key);
            } else {
                latest.put(key, text(record).substring(key.length() + 1));
            }
        }
        return latest;
    }

    private String text(ConsumerRecord<byte[], byte[]> record) {
        try {
            return new String(record.key(), StandardCharsets.UTF_8) + "="
                    + (record.value() == null ? null : contract.json().toJson(record.value()));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
