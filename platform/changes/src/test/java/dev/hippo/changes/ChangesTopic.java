// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.change.v1.ChangeEvent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A broker that runs, and a topic of changes for each test. */
abstract class ChangesTopic {
    private static int number;

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static KafkaProducer<byte[], byte[]> producer;
    static Admin admin;

    String topic = "";

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(folder, 0);
        admin = Admin.create(kafka());
        Map<String, Object> client = kafka();
        client.put("transactional.id", "capture");
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
    }

    @AfterAll
    static void stopBroker() {
        producer.close();
        admin.close();
        broker.close();
    }

    @BeforeEach
    void makeTopic() throws Exception {
        topic = "changes-" + number++;
        admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                .all()
                .get();
    }

    static Map<String, Object> kafka() {
        Map<String, Object> kafka = new HashMap<>();
        kafka.put("bootstrap.servers", broker.bootstrapServers());
        return kafka;
    }

    void write(List<ChangeEvent> changes) {
        writeBytes(changes.stream().map(ChangeEvent::toByteArray).toList());
    }

    void writeBytes(List<byte[]> records) {
        producer.beginTransaction();
        records.forEach(record -> producer.send(new ProducerRecord<>(topic, record)));
        producer.commitTransaction();
    }
}
