// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.pipeline.HippoSettings;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics as tables: every kind of field, the newest, a time range, and records that cannot be read. */
class QueryTopicsIT {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static QueryServer server;

    @BeforeAll
    static void open() throws Exception {
        broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        server = QueryServer.open(
                folder.resolve("shop"),
                broker.bootstrapServers(),
                new HippoSettings.Query(100_000, Duration.ofSeconds(60), 1L << 30));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of("orders", "ranged", "skewed", "broken", "marked", "timeless").stream()
                            .map(name -> new NewTopic(name, Optional.of(2), Optional.of((short) 1)))
                            .toList())
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void close() {
        server.close();
        broker.close();
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> client = new HashMap<>(more);
        client.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, long second, byte[] value) {
        return new ProducerRecord<>(
                topic,
                partition,
                NOON.plusSeconds(second).toEpochMilli(),
                ("k" + second).getBytes(StandardCharsets.UTF_8),
                value);
    }

    private static byte[] order(long second) throws Exception {
        return server.order("{\"order_id\": \"o" + second + "\", \"cents\": " + second + "}");
    }

    @Test
    void everyKindOfFieldIsAColumnAsInATable() throws Exception {
        String full = """
                {"order_id": "full", "cents": "-9000000000", "at": "2026-01-01T00:00:00.123456Z", "kind": "ONLINE", "floor": 0, "marks": [1, -2],
                 "lines": [{"sku": "a", "count": 4000000000, "packed_at": "1969-12-31T23:59:59Z"}, {"tree": {"name": "t"}}], "first": {"sku": "f"},
                 "by_name": {"x": {"sku": "m"}, "y": {}}, "weights": {"7": 0.5}, "big": "18446744073709551615", "raw": "AP8=", "note": "",
                 "tree": {"name": "root", "children": [{"name": "leaf"}]}, "free": {"a": [1, null]}, "gift": true, "ratio": 0.25, "delta": -3,
                 "voucher": {"sku": "v"}, "kinds": ["ONLINE", "KIND_UNKNOWN"]}""";
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            ProducerRecord<byte[], byte[]> record = record("orders", 1, 0, server.order(full));
            record.headers()
                    .add("ce_id", "e-1".getBytes(StandardCharsets.UTF_8))
                    .add("none", null);
            producer.send(record).get();
            producer.send(record("orders", 1, 1, new byte[0])).get();
        }
        JsonNode answer = server.answer("select * from topics.orders order by _offset");
        Map<String, String> types = new HashMap<>();
        answer.path("columns")
                .forEach(column -> types.put(
                        column.path("name").asText(), column.path("type").asText()));
        assertThat(types)
                .containsEntry("cents", "BIGINT")
                .containsEntry("at", "TIMESTAMP WITH TIME ZONE")
                .containsEntry("big", "DECIMAL(20,0)")
                .containsEntry("raw", "BLOB")
                .containsEntry("note", "VARCHAR")
                .containsEntry("tree", "JSON")
                .containsEntry("free", "JSON")
                .containsEntry("marks", "INTEGER[]")
                .containsEntry("kinds", "VARCHAR[]")
                .containsEntry("weights", "MAP(BIGINT, DOUBLE)");
        assertThat(answer.path("rows").get(0).toString()).isEqualTo("""
                ["full",-9000000000,"2026-01-01T00:00:00.123456Z","ONLINE",0,[1,-2],\
                [{"sku":"a","count":4000000000,"packed_at":"1969-12-31T23:59:59Z","tree":null},\
                {"sku":"","count":0,"packed_at":null,"tree":{"name":"t"}}],\
                {"sku":"f","count":0,"packed_at":null,"tree":null},\
                {"x":{"sku":"m","count":0,"packed_at":null,"tree":null},"y":{"sku":"","count":0,"packed_at":null,"tree":null}},\
                {"7":0.5},18446744073709551615,"AP8=","",{"name":"root","children":[{"name":"leaf"}]},{"a":[1.0,null]},true,0.25,-3,\
                null,{"sku":"v","count":0,"packed_at":null,"tree":null},["ONLINE","KIND_UNKNOWN"],\
                1,0,"2026-01-01T12:00:00Z","k0",{"ce_id":"e-1","none":null},null]""");
        assertThat(answer.path("rows").get(1).toString()).isEqualTo("""
                ["",0,null,"KIND_UNKNOWN",null,[],[],null,{},{},0,"",null,null,null,false,0.0,0,null,null,[],\
                1,1,"2026-01-01T12:00:01Z","k1",{},null]""");
        assertThat(answer.path("topics").toString()).isEqualTo("{\"orders\":{\"records\":2,\"unreadable\":0}}");
    }

    @Test
    void theNewestAreTheNewestOfAllPartitions() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < 300; i++) {
                // the second partition has the oldest ten only
                producer.send(record("skewed", i < 10 ? 1 : 0, i, order(i)));
            }
        }
        assertThat(server.rows(
                        "{\"sql\": \"select count(*), min(cents), max(cents) from topics.skewed\", \"latest\": 100}"))
                .isEqualTo("[[100,200,299]]");
        assertThat(server.rows("{\"sql\": \"select count(*) from topics.skewed\", \"latest\": 295}"))
                .isEqualTo("[[295]]");
        assertThat(server.rows("select count(*), sum(cents) from topics.skewed"))
                .isEqualTo("[[300,44850]]");
    }

    @Test
    void theMarksOfTransactionsAreNoRecords() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "t"))) {
            producer.initTransactions();
            for (int i = 0; i < 60; i++) {
                producer.beginTransaction();
                producer.send(record("marked", 0, i, order(i)));
                if (i % 3 == 2) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
            producer.beginTransaction();
            producer.send(record("marked", 0, 60, order(60))).get();
            assertThat(
                            server.rows(
                                    "{\"sql\": \"select count(*), min(cents), max(cents) from topics.marked\", \"latest\": 38}"))
                    .isEqualTo("[[38,3,58]]");
            producer.abortTransaction();
        }
        assertThat(server.rows("select count(*) from topics.marked")).isEqualTo("[[40]]");
    }

    @Test
    void aTimeRangeTakesTheFromAndLeavesTheTo() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            for (int i = 0; i < 200; i++) {
                // not in the order of time
                producer.send(record("ranged", i % 2, (i * 37) % 200, order((i * 37) % 200)));
            }
        }
        String ask = "{\"sql\": \"select count(*), min(cents), max(cents) from topics.ranged\", ";
        assertThat(server.rows(ask + "\"from\": \"2026-01-01T12:00:50Z\", \"to\": \"2026-01-01T12:01:40Z\"}"))
                .isEqualTo("[[50,50,99]]");
        assertThat(server.rows(ask + "\"from\": \"2026-01-01T12:03:00Z\"}")).isEqualTo("[[20,180,199]]");
        assertThat(server.rows(ask + "\"to\": \"2026-01-01T12:00:20Z\"}")).isEqualTo("[[20,0,19]]");
        assertThat(server.rows(ask + "\"to\": \"2026-01-01T12:00:20Z\", \"latest\": 5}"))
                .isEqualTo("[[5,15,19]]");
        assertThat(server.rows(ask + "\"from\": \"2027-01-01T00:00:00Z\"}")).isEqualTo("[[0,null,null]]");
        assertThat(server.refusal(ask + "\"from\": \"2026-01-02T00:00:00Z\", \"to\": \"2026-01-01T00:00:00Z\"}"))
                .startsWith("400 'from'");
    }

    @Test
    void aRecordThatCannotBeReadIsARowThatSaysSo() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(record("broken", 0, 0, order(7)));
            producer.send(record("broken", 0, 1, new byte[] {10, 50, 1}));
            producer.send(record("broken", 0, 2, null)).get();
        }
        JsonNode answer = server.answer("select order_id, marks, _key, _error from topics.broken order by _offset");
        assertThat(answer.path("rows").toString())
                .isEqualTo("[[\"o7\",[],\"k0\",null],"
                        + "[null,null,\"k1\",\"no shop.v1.Order: a field is longer than the message\"],"
                        + "[null,null,\"k2\",\"deleted: the record has no value\"]]");
        assertThat(answer.path("topics").path("broken").path("unreadable").asLong())
                .isEqualTo(1);
        JsonNode newest = server.answer("{\"sql\": \"select _key from topics.broken\", \"latest\": 1}");
        assertThat(newest.path("rows").toString()).isEqualTo("[[\"k2\"]]");
        assertThat(newest.path("topics").toString()).isEqualTo("{\"broken\":{\"records\":1,\"unreadable\":0}}");
    }

    @Test
    void aTimeThatNoTimestampHasIsARowThatSaysSo() throws Exception {
        // field 3, a message with field 1: ten million million seconds, which DuckDB has no time for
        byte[] far = {26, 8, 8, -128, -64, -54, -13, -124, -93, 2};
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(record("timeless", 0, 0, far)).get();
        }
        assertThat(server.rows("select \"at\", _error from topics.timeless"))
                .isEqualTo("[[null,\"no shop.v1.Order: a timestamp of 10000000000000 s and 0 ns"
                        + " is none of the years 1 to 9999\"]]");
    }

    @Test
    void aTopicThatKafkaDoesNotHaveIsToldAsSuch() throws Exception {
        assertThat(server.refusal("select * from topics.\"never-made\""))
                .startsWith("503 topic 'never-made'")
                .contains("is the pipeline up?");
    }
}
