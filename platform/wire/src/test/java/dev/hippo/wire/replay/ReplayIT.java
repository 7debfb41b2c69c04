// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.replay.TopicRange.Span;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replays on a real broker, of a topic with two partitions: the first has 1,200 records, some of them never committed; the second has three. */
@Timeout(60)
class ReplayIT {
    private static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");
    private static final int RECORDS = 1_200;

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static Admin admin;
    private static KafkaConnection kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(folder, 0);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        admin.createTopics(List.of(
                        new NewTopic("events", Optional.of(2), Optional.empty()).configs(Map.of("retention.ms", "-1"))))
                .all()
                .get();
        Map<String, Object> client = new HashMap<>(kafka.clientProperties("test"));
        client.put("transactional.id", "test");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            for (int i = 0; i < RECORDS; i += 100) {
                producer.beginTransaction();
                for (int j = i; j < i + 100; j++) {
                    producer.send(record(0, j));
                }
                producer.commitTransaction();
                producer.beginTransaction();
                producer.send(record(0, RECORDS + i));
                producer.flush();
                producer.abortTransaction();
            }
            producer.beginTransaction();
            producer.send(
                    new ProducerRecord<>("events", 1, (Long) NOON.toEpochMilli(), (byte[]) null, new byte[] {0, -1}));
            producer.send(new ProducerRecord<>("events", 1, (Long) NOON.toEpochMilli(), new byte[0], (byte[]) null));
            producer.send(record(1, 7));
            producer.commitTransaction();
        }
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, int number) {
        byte[] text = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                "events", partition, NOON.plusSeconds(number).toEpochMilli(), text, text);
        record.headers().add("n", text).add("n", new byte[] {1});
        return record;
    }

    private static TopicRange all(Replay replay) throws Exception {
        return replay.range(new ReplayPoint.Earliest(), new ReplayPoint.Latest());
    }

    /** Each committed record of a topic as text, with all that it has but its offset. */
    private static List<String> records(String topic) throws Exception {
        List<String> records = new java.util.ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    StringBuilder text = new StringBuilder()
                            .append(record.partition())
                            .append(' ')
                            .append(record.timestamp())
                            .append(' ')
                            .append(java.util.Arrays.toString(record.key()))
                            .append(java.util.Arrays.toString(record.value()));
                    record.headers()
                            .forEach(header -> text.append(' ')
                                    .append(header.key())
                                    .append('=')
                                    .append(new String(header.value(), StandardCharsets.UTF_8)));
                    records.add(text.toString());
                }
            }
        }
        records.sort(null);
        return records;
    }

    private static List<String> withoutOrigin(String topic) throws Exception {
        return records(topic).stream()
                .map(text -> text.replaceAll(" hippo_replayed_from=events/[01]/[0-9]+$", ""))
                .toList();
    }

    @Test
    void aReplayThatIsKilledAndTakenOverCopiesEachRecordOnce() throws Exception {
        List<Long> progress = new java.util.ArrayList<>();
        try (Replay replay = Replay.of(kafka, "events")) {
            TopicRange range = all(replay);
            assertThat(replay.count(range)).isEqualTo(RECORDS + 3);
            String id = replay.id("p", "earliest", "latest", "copy", false);
            assertThatThrownBy(() -> replay.copy(
                            id,
                            range,
                            "copy",
                            copied -> {
                                throw new IllegalStateException("killed");
                            },
                            () -> false))
                    .hasMessage("killed");
            long after = replay.progress(id).orElseThrow().copied();
            assertThat(after).isBetween(1L, (long) RECORDS);

            // another process takes over while this one believes that it goes on
            assertThatThrownBy(() -> replay.copy(id, range, "copy", copied -> takeOver(id, progress), () -> false))
                    .isInstanceOf(KafkaUnavailable.class)
                    .hasMessageContaining("the same again goes on with the rest");
            assertThat(progress).isNotEmpty();
            assertThat(withoutOrigin("copy")).isEqualTo(records("events"));
            assertThat(records("copy").get(0)).endsWith("hippo_replayed_from=events/0/0");

            Replay.Outcome done = replay.copy(id, range, "copy", copied -> {}, () -> false);
            assertThat(done.complete()).isTrue();
            assertThat(done.before()).isEqualTo(RECORDS + 3);
            assertThat(records("copy")).hasSize(RECORDS + 3);
            assertThat(replay.id("p", "earliest", "latest", "copy", true)).isEqualTo(id + "-2");
        }
    }

    private static void takeOver(String id, List<Long> progress) {
        if (!progress.isEmpty()) {
            return;
        }
        try (Replay other = Replay.of(kafka, "events")) {
            Replay.Outcome outcome = other.copy(id, all(other), "copy", progress::add, () -> false);
            assertThat(outcome.complete()).isTrue();
            assertThat(outcome.copied()).isEqualTo(RECORDS + 3);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRangeIsFoundByTimeAndOffsetAndWhatIsDeletedIsTold() throws Exception {
        admin.createTopics(List.of(
                        new NewTopic("old", Optional.of(1), Optional.empty()).configs(Map.of("retention.ms", "-1"))))
                .all()
                .get();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>(
                        "old", 0, NOON.plusSeconds(i).toEpochMilli(), null, new byte[] {(byte) i}));
            }
        }
        try (Replay replay = Replay.of(kafka, "old")) {
            assertThat(range(replay, "2017-04-05T12:00:03Z", "7")).containsExactly(Map.entry(0, new Span(3, 7)));
            assertThat(range(replay, "8", "2017-04-05T13:00:00Z")).containsExactly(Map.entry(0, new Span(8, 10)));
            assertThat(range(replay, "8", "8")).isEmpty();
            admin.deleteRecords(Map.of(new TopicPartition("old", 0), RecordsToDelete.beforeOffset(4)))
                    .all()
                    .get();
            assertThatThrownBy(() -> range(replay, "2", "latest"))
                    .isInstanceOf(ReplayRefused.class)
                    .hasMessage(
                            "offsets 2 to 3 of old/0 are deleted, the first that is there is 4; replay from there, or from"
                                    + " 'earliest'");
            assertThatThrownBy(() -> range(replay, "2017-04-05T12:00:03Z", "latest"))
                    .isInstanceOf(ReplayRefused.class)
                    .hasMessageContaining("before offset 4 (of 2017-04-05T12:00:04Z) is deleted");
            assertThat(range(replay, "earliest", "latest")).containsExactly(Map.entry(0, new Span(4, 10)));
            assertThatThrownBy(() -> range(replay, "soon", "latest"))
                    .hasMessageContaining("'soon' is no end of a range");
            TopicRange range = all(replay);
            assertThatThrownBy(() -> replay.copy("x", range, "old", copied -> {}, () -> false))
                    .hasMessageContaining("into itself");
            assertThatThrownBy(() -> replay.copy("x", range, "hippo-missions", copied -> {}, () -> false))
                    .hasMessageContaining("by it hippos speak of themselves");
        }
        try (Replay replay = Replay.of(kafka, "nowhere")) {
            assertThatThrownBy(() -> all(replay))
                    .isInstanceOf(ReplayRefused.class)
                    .hasMessageContaining("there is no topic 'nowhere'");
        }
    }

    private static Map<Integer, Span> range(Replay replay, String from, String to) throws Exception {
        return replay.range(ReplayPoint.parse(from), ReplayPoint.parse(to)).sorted();
    }
}
