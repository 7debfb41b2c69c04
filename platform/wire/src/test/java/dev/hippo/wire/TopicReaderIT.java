// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Topics that are written in transactions, some of which are aborted or left open. */
@Timeout(120)
class TopicReaderIT {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static KafkaConnection kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(folder, 0);
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        try (Admin admin = kafka.admin(kafka.clientProperties("test"))) {
            admin.createTopics(List.of(
                            new NewTopic("shared", Optional.of(1), Optional.empty()),
                            new NewTopic("short", Optional.of(2), Optional.empty())))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static KafkaProducer<byte[], byte[]> writer(String id) {
        Map<String, Object> client = new HashMap<>(kafka.clientProperties(id));
        client.put("transactional.id", id);
        client.put("transaction.timeout.ms", 2_000);
        KafkaProducer<byte[], byte[]> writer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        writer.initTransactions();
        return writer;
    }

    private static void send(KafkaProducer<byte[], byte[]> writer, String text) {
        writer.send(new ProducerRecord<>("shared", text.getBytes(StandardCharsets.UTF_8)));
        writer.flush();
    }

    @Test
    void theLastRecordsAreFoundBehindTheMarksOfTransactions() throws Exception {
        try (KafkaProducer<byte[], byte[]> writer = writer("short");
                TopicReader reader = TopicReader.open(kafka, "reader", "short")) {
            reader.startLast(5);
            assertThat(read(reader)).isEmpty();
            for (int i = 0; i < 20; i++) {
                writer.beginTransaction();
                writer.send(new ProducerRecord<>(
                        "short", 0, null, Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
                if (i % 2 == 0) {
                    writer.commitTransaction();
                } else {
                    writer.flush();
                    writer.abortTransaction();
                }
            }
            reader.startLast(6);
            assertThat(read(reader)).containsExactly("14", "16", "18");
            reader.startLast(1_000);
            assertThat(read(reader)).hasSize(10);
            reader.startLast(0);
            assertThat(read(reader)).isEmpty();
        }
    }

    private static List<String> read(TopicReader reader) {
        List<String> texts = new ArrayList<>();
        while (!reader.atEnd()) {
            reader.poll(Duration.ofMillis(100))
                    .forEach(record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
        }
        return texts;
    }

    @Test
    void theWholeTopicHasWhatIsBehindATransactionThatADeadWriterLeftOpen() throws Exception {
        try (KafkaProducer<byte[], byte[]> dead = writer("dead");
                KafkaProducer<byte[], byte[]> alive = writer("alive");
                TopicReader reader = TopicReader.open(kafka, "reader", "shared")) {
            dead.beginTransaction();
            send(dead, "left open");
            alive.beginTransaction();
            send(alive, "done");
            alive.commitTransaction();
            reader.start(Long.MAX_VALUE);
            assertThat(read(reader)).as("up to the open transaction").isEmpty();
            reader.startWhole();
            assertThat(read(reader)).containsExactly("done");
        }
    }
}
