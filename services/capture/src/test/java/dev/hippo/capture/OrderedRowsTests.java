// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Transaction;
import dev.hippo.contracts.Contract;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Rows that are told again by order, very many at once, or of a table that was altered, whichever database it is. */
abstract class OrderedRowsTests extends LogReaderTests {
    @Test
    void rowsThatWereOrderedAreToldOnceOverARestartAndNoRowGoesBackMeanwhile() throws Exception {
        Running first = new Running();
        awaitEqual();
        SnapshotOrder order = order(Map.of("id", "21"), Map.of("id", "80"), 20);
        Random random = new Random(7);
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
            change(random);
            return progress(order).rows() > 0;
        });
        first.service.stop();
        change(random);
        new Running();
        await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
            change(random);
            return progress(order).state() == SnapshotProgress.State.DONE;
        });
        awaitEqual();
        assertThat(progress(order).rows()).isEqualTo(60);
        assertThat(progress(order).last()).isEqualTo(Map.of("id", "80"));
        List<Integer> again = new ArrayList<>();
        Map<Integer, BigDecimal> latest = new TreeMap<>();
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        for (ConsumerRecord<byte[], byte[]> record : records()) {
            int id = Integer.parseInt(new String(record.key(), StandardCharsets.UTF_8));
            if (new String(record.headers().lastHeader(EventHeaders.ID).value(), StandardCharsets.UTF_8)
                    .startsWith("chunk:")) {
                again.add(id);
            }
            BigDecimal balance = new BigDecimal(new ObjectMapper()
                    .readTree(contract.json().toJson(record.value()))
                    .path("balance")
                    .asText());
            assertThat(balance).isGreaterThanOrEqualTo(latest.getOrDefault(id, balance));
            latest.put(id, balance);
        }
        assertThat(again)
                .doesNotHaveDuplicates()
                .allMatch(id -> id >= 21 && id <= 80)
                .containsAll(IntStream.rangeClosed(51, 80).boxed().toList());
        List<Transaction> parts = changes().stream()
                .map(ChangeEvent::getTransaction)
                .filter(transaction -> transaction.getId().startsWith("chunk:"))
                .toList();
        assertThat(parts).hasSameSizeAs(again);
        for (int i = 0; i < parts.size(); i++) {
            boolean begins = i == 0 || parts.get(i - 1).hasEnd();
            assertThat(parts.get(i).getIndex())
                    .isEqualTo(begins ? 0 : parts.get(i - 1).getIndex() + 1);
        }
        assertThat(parts.get(parts.size() - 1).hasEnd()).isTrue();
    }

    /** Of a row in the first half. */
    private void change(Random random) throws Exception {
        execute("update " + table + " set balance = balance + 1 where id = " + (1 + random.nextInt(50)));
    }

    @Test
    void aTransactionOfHalfAMillionRowsIsToldWholeAndInItsOrder() throws Exception {
        new Running();
        awaitEqual();
        execute("insert into " + table + " (id, owner, balance) select " + series(1_001, 501_000));
        int next = 0;
        String id = "";
        try (TopicReader reader = TopicReader.open(kafka, "test", "changes-" + name)) {
            reader.start(Long.MAX_VALUE);
            long deadline = System.nanoTime() + LONG.toNanos();
            while (next < 500_000 && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    Transaction transaction =
                            ChangeEvent.parseFrom(record.value()).getTransaction();
                    if (!transaction.getId().equals("snapshot")) {
                        id = next == 0 ? transaction.getId() : id;
                        assertThat(transaction.getId()).isEqualTo(id);
                        assertThat(transaction.getIndex()).isEqualTo(next);
                        next++;
                        assertThat(transaction.hasEnd()).isEqualTo(next == 500_000);
                    }
                }
            }
        }
        assertThat(next).isEqualTo(500_000);
    }

    @Test
    void rowsThatAreNotTheSameInTheTopicAreFoundAndMended() throws Exception {
        new Running();
        awaitEqual();
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        byte[] other = contract.json().toBytes("{\"id\": 8, \"owner\": \"owner 8\", \"balance\": \"0.01\"}");
        byte[] gone = contract.json().toBytes("{\"id\": 9000, \"owner\": \"Zoe\"}");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("accounts-" + name, key("7"), null));
            producer.send(new ProducerRecord<>("accounts-" + name, key("8"), other));
            producer.send(new ProducerRecord<>("accounts-" + name, key("9000"), gone));
        }
        Verify verify = verify();
        change(new Random(3));
        JsonNode said = verify.run(table, 10);
        assertThat(said.path("rows").asInt()).isEqualTo(100);
        assertThat(said.path("differences").findValuesAsText("key")).containsExactlyInAnyOrder("7", "8", "9000");
        assertThat(said.path("differences").findValuesAsText("words"))
                .containsExactlyInAnyOrder("missing in the topic", "different", "not in the table any more");
        for (JsonNode difference : said.path("differences")) {
            Map<String, String> row = Map.of("id", difference.path("key").asText());
            SnapshotOrder order = order(row, row, difference.path("gone").asText());
            await().atMost(LONG).until(() -> progress(order).state() == SnapshotProgress.State.DONE);
        }
        assertThat(verify.run(table, 10).path("differences")).isEmpty();
        awaitEqual();
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anOrderThatCannotBeCarriedOutFailsWithItsReasonAndTheStreamGoesOn() throws Exception {
        new Running();
        awaitEqual();
        SnapshotOrder order = order(Map.of("owner", "Ada"), Map.of(), 0);
        await().atMost(LONG).until(() -> progress(order).state() == SnapshotProgress.State.FAILED);
        assertThat(progress(order).failure()).contains("he key of " + table + " is id", "owner");
        SnapshotOrder noNumber = order(Map.of("id", "ten"), Map.of(), 0);
        await().atMost(LONG).until(() -> progress(noNumber).state() == SnapshotProgress.State.FAILED);
        assertThat(progress(noNumber).failure()).contains(table, "bigint");
        SnapshotOrder next = order(Map.of(), Map.of(), 0);
        await().atMost(LONG).until(() -> progress(next).state() == SnapshotProgress.State.DONE);
        assertThat(progress(next).rows()).isEqualTo(100);
        execute("update " + table + " set balance = 3 where id = 3");
        awaitEqual();
    }
}
