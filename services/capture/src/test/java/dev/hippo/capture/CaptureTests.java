// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.LogState;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.PipelineFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What a db-etl does between a real database and a real broker, whichever database it is. */
abstract class CaptureTests extends MappedRowsTests {
    @Test
    void aSnapshotTakesAwayTheRowsOfAnEarlierOneThatAreGone() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String key : List.of("7", "9000")) {
                byte[] row = pipeline.contracts()
                        .contract("bank.v1.Account")
                        .orElseThrow()
                        .json()
                        .toBytes("{\"id\":" + key + "}");
                producer.send(new ProducerRecord<>("accounts-" + name, key.getBytes(StandardCharsets.UTF_8), row));
            }
        }
        new Running();
        awaitEqual();
        assertThat(told()).hasSize(100).doesNotContainKey("9000");
    }

    @Test
    void aSecondProcessTakesOverFromTheFirst() throws Exception {
        Running first = new Running();
        awaitEqual();
        new Running();
        execute("update " + table + " set balance = 0");
        awaitEqual();
        first.service.stop();
        execute("update " + table + " set balance = 7 where id = 7");
        awaitEqual();
    }

    /** Captures a table with a key of two columns instead. */
    private String useLines(String key) throws Exception {
        String lines = table + "_lines";
        execute("create table " + lines + " (place int not null, product varchar(100) not null,"
                + " order_id bigint not null, primary key (order_id, place))");
        Files.writeString(
                folder.resolve("contracts/lines.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\n"
                        + "message Line { int64 order_id = 1; int32 place = 2; string product = 3; }\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("[" + table + "]", "[" + lines + "]")
                        .replace("bank.v1.Account, key: id", "bank.v1.Line, key: " + key));
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        return lines;
    }

    private void awaitLines(Map<String, String> products) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(300)).untilAsserted(() -> {
            Map<String, String> told = new TreeMap<>(told());
            told.replaceAll((key, line) -> line.replaceAll(".*\"product\":\"(.*)\".*", "$1"));
            assertThat(told).isEqualTo(products);
        });
    }

    @Test
    void aKeyOfTwoColumnsIsToldInTheOrderOfTheTopics() throws Exception {
        String lines = useLines("[place, order_id]");
        execute("insert into " + lines + " values (1, 'tea', 1), (2, 'cup', 1), (1, 'salt', 2)");
        new Running();
        awaitLines(Map.of("[\"1\",\"1\"]", "tea", "[\"2\",\"1\"]", "cup", "[\"1\",\"2\"]", "salt"));
        execute(
                "update " + lines + " set product = 'pot' where order_id = 1 and place = 2",
                "update " + lines + " set place = 3 where order_id = 1 and place = 1",
                "delete from " + lines + " where order_id = 2",
                "insert into " + lines + " values (2, 'a', 12), (12, 'b', 2)");
        awaitLines(
                Map.of("[\"2\",\"1\"]", "pot", "[\"3\",\"1\"]", "tea", "[\"2\",\"12\"]", "a", "[\"12\",\"2\"]", "b"));
        execute("truncate table " + lines);
        awaitLines(Map.of());
    }

    @Test
    void aTopicWithPartOfTheTablesKeyIsRefused() throws Exception {
        String lines = useLines("place");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("the key of table " + lines + " is order_id, place, that of topic 'accounts-"
                        + name + "' is place");
    }

    @Test
    void howFarTheSourceIsBehindIsToldWithItsHealth() throws Exception {
        Running process = new Running();
        execute("update " + table + " set balance = 0");
        awaitEqual();
        await().atMost(LONG).until(() -> details(process).path("behindBytes").asLong(-1) == 0);
        JsonNode details = details(process);
        assertThat(details.path("retainedBytes").asLong(-1)).isNotNegative();
        assertThat(details.path("waitsFor").asText("?")).isEmpty();
        assertThat(Instant.parse(details.path("committedAt").asText()))
                .isBetween(
                        Instant.now().minus(Duration.ofHours(1)), Instant.now().plus(Duration.ofHours(1)));
        assertThat(process.context.metricsText())
                .contains(
                        "hippo_capture_behind_bytes ",
                        "hippo_capture_behind_seconds ",
                        "hippo_capture_retained_bytes ");
        process.service.stop();
        Running next = new Running();
        await().atMost(LONG).until(() -> details(next).path("behindSeconds").asDouble(-1) == 0);
        assertThat(details(next).path("committedAt")).isEqualTo(details.path("committedAt"));
        assertThat(next.context.progress().position()).isNotEmpty();
    }

    private static JsonNode details(Running process) throws Exception {
        return new ObjectMapper().readTree(process.context.healthJson()).path("details");
    }

    @Test
    void whatIsNotStoredYetIsCountedInTheLog() throws Exception {
        HippoContext context = new Running().context;
        awaitEqual();
        stopAll();
        try (ChangeSource source = Sources.of(context, TopicContracts.of(context));
                LogWatch watch = source.watch().orElseThrow()) {
            Position before = source.now();
            LogState then = watch.look(before);
            execute("insert into " + table + " values (7000, repeat('x', 100000), 1)");
            await().atMost(LONG).until(() -> watch.look(before).behind() >= then.behind() + 1_000);
            LogState now = watch.look(before);
            assertThat(now.end()).isGreaterThan(then.end());
            assertThat(now.retained()).isPositive();
            assertThat(watch.look(now.end()).behind()).isLessThan(now.behind());
            assertThat(watch.look(null).behind()).isEqualTo(-1);
        }
    }

    @Test
    void aContractThatDoesNotFitTheTableIsToldWithWhatToDo() throws Exception {
        assertThat(Check.findings(pipeline, pipeline.contracts())).isEmpty();
        pipeline = pipeline("double balance = 3; bool vip = 4;");
        assertThat(Check.findings(pipeline, pipeline.contracts())).containsOnlyKeys("bank-db");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("column 'balance'")
                .hasMessageContaining(declaredNumeric())
                .hasMessageContaining("make it string")
                .hasMessageContaining("'vip'");
    }
}
