// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.sdk.PullSource;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.TopicReader;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A query of a real database that is scanned in cycles, into a real broker. */
class PullIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int KILLS = 4;

    @TempDir
    static Path shared;

    private static EmbeddedPostgres postgres;
    private static EmbeddedBroker broker;
    private static Connection connection;

    @TempDir
    Path folder;

    private PipelineSpec pipeline;
    private Contract contract;
    private KafkaConnection kafka;
    private @Nullable CaptureService service;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
        postgres = EmbeddedPostgres.builder().start();
        connection = postgres.getPostgresDatabase().getConnection();
        execute("create table breaker (id bigint)");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
        broker.close();
    }

    @AfterEach
    void stopService() throws Exception {
        CaptureService running = service;
        if (running != null) {
            running.stop();
        }
    }

    private void table(String name, int rows) throws Exception {
        execute(
                "create table " + name + " (id bigint primary key, name text, price numeric(12,2), seen timestamptz,"
                        + " tags text[])",
                "insert into " + name
                        + " select i, 'name ' || i, i / 4.0, '2026-11-21 10:00:00.123456+02', array['a', 'b']"
                        + " from generate_series(1, " + rows + ") i");
        pipeline(name, """
                {url: '%s', user: postgres, every: 100ms, changes: %s-changes, query: "select
                id / (case when id in (select b.id from breaker b) then 0 else 1 end) as id,
                name, price, seen, tags, 'more' as more from %s"}""".formatted(postgres.getJdbcUrl("postgres", "postgres"), name, name));
    }

    private void pipeline(String name, String source) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), """
                syntax = "proto3";
                package shop.v1;
                import "google/protobuf/timestamp.proto";
                message Price {
                  int64 id = 1;
                  string name = 2;
                  optional string price = 3;
                  google.protobuf.Timestamp seen = 4;
                  repeated string tags = 5;
                }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: %1$s
                kafka: {bootstrapServers: "%2$s"}
                topics:
                  %1$s: {contract: shop.v1.Price, key: id, changelog: true}
                  %1$s-changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  shop:
                    kind: db-etl
                    publish: %1$s
                    source: %3$s
                """.formatted(name, broker.bootstrapServers(), source.replace("\n", " ")));
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        contract = pipeline.contracts().contract("shop.v1.Price").orElseThrow();
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, LONG);
    }

    private static void execute(String... commands) throws Exception {
        try (Statement statement = connection.createStatement()) {
            for (String sql : commands) {
                statement.execute(sql);
            }
        }
    }

    private HippoContext run() throws Exception {
        HippoContext context = new HippoContext(
                pipeline,
                pipeline.hippos().get("shop"),
                StateFolder.of(pipeline),
                pipeline.contracts(),
                kafka,
                InstantSource.system());
        CaptureService made = new CaptureService(context);
        service = made;
        made.start();
        return context;
    }

    private List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** The rows that the topic of latest rows tells, by key. */
    private Map<String, String> told() throws Exception {
        Map<String, String> rows = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(pipeline.name())) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                rows.remove(key);
            } else {
                rows.put(key, json(record.value()));
            }
        }
        return rows;
    }

    /** The rows that all changes together make; each change has to fit to those before it. */
    private Map<String, String> folded() throws Exception {
        Map<String, String> rows = new TreeMap<>();
        for (ChangeEvent change : changes()) {
            if (change.getOp() == Op.READ && change.getTransaction().getIndex() == 0) {
                // a snapshot that begins anew
                rows.clear();
            }
            String key = json(change.getKey().toByteArray()).replaceAll("\\D", "");
            String before = change.hasBefore() ? json(change.getBefore().toByteArray()) : null;
            String after = change.hasAfter() ? json(change.getAfter().toByteArray()) : null;
            String had = after == null ? rows.remove(key) : rows.put(key, after);
            if (change.getOp() != Op.READ) {
                assertThat(had).as("%s", change).isEqualTo(before);
                assertThat(after).as("%s", change).isNotEqualTo(before);
            }
        }
        return rows;
    }

    private List<ChangeEvent> changes() throws Exception {
        List<ChangeEvent> changes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records(pipeline.name() + "-changes")) {
            changes.add(ChangeEvent.parseFrom(record.value()));
        }
        return changes;
    }

    private String json(byte[] message) throws Exception {
        return contract.json().toJson(message);
    }

    /** The rows that the database has, in the same words. */
    private Map<String, String> there() throws Exception {
        Map<String, String> rows = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select id, json_strip_nulls(json_build_object('id', id, 'name', name, 'price', price::text,"
                                + " 'seen', to_char(seen at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
                                + " 'tags', tags)) from " + pipeline.name())) {
            while (row.next()) {
                rows.put(row.getString(1), json(contract.json().toBytes(row.getString(2))));
            }
        }
        return rows;
    }

    private void awaitEqual() {
        await().atMost(LONG).pollInterval(Duration.ofMillis(200)).until(() -> told().equals(there()));
    }

    @Test
    void rowsAreToldAndAScanThatBreaksOffAtTheMiddleTakesNoneAway() throws Exception {
        table("prices", 2_500);
        HippoContext hippo = run();
        awaitEqual();
        assertThat(changes()).hasSize(2_500).allMatch(change -> change.getOp() == Op.READ);
        execute(
                "update prices set price = 9.99 where id = 3",
                "delete from prices where id = 4",
                "insert into prices values (9000, 'Ada', null, null, null)");
        awaitEqual();
        assertThat(told().get("3")).contains("\"price\":\"9.99\"", "2026-11-21T08:00:00.123456Z", "[\"a\",\"b\"]");

        // from now on every scan breaks off behind some of its rows
        execute("insert into breaker values (2400)");
        await().atMost(LONG)
                .until(() -> hippo.healthJson().contains("broke off behind row 2000: ERROR: division by zero"));
        execute("delete from prices where id between 50 and 55");
        assertThat(told()).hasSize(2_500);
        execute("delete from breaker");
        awaitEqual();
        assertThat(told()).hasSize(2_494);
        assertThat(folded()).isEqualTo(there());
        await().atMost(LONG).until(() -> hippo.healthJson().contains("\"waitsFor\":\"\""));
        List<ConsumerRecord<byte[], byte[]>> positions =
                records(HippoSettings.Capture.positionsTopic(pipeline.name(), "shop"));
        assertThat(positions.get(positions.size() - 1).value())
                .asString()
                .containsPattern("\"position\":\"cycle \\d+, 2494 rows in ");
    }

    @Test
    void aStateThatIsGoneIsMadeAnewFromKafka() throws Exception {
        table("offers", 100);
        run();
        awaitEqual();
        stopService();
        Path state = StateFolder.of(pipeline).pull("shop");
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        execute("delete from offers where id <= 10", "update offers set name = 'x' where id = 11");
        run();
        awaitEqual();
        assertThat(changes().subList(100, changes().size()))
                .hasSize(11)
                .allMatch(change -> change.getOp() == Op.DELETE || change.getOp() == Op.UPDATE);
        assertThat(folded()).isEqualTo(there());
    }

    @Test
    void aProcessThatIsKilledAtAnyTimeLosesNothingAndDoublesNothing() throws Exception {
        table("stock", 100);
        Random random = new Random(4);
        for (int kill = 0; kill < KILLS; kill++) {
            int before = changes().size();
            Process process = CaptureProcess.start(folder, "shop");
            try {
                await().atMost(LONG).pollInterval(Duration.ofMillis(20)).until(() -> {
                    change(random);
                    return changes().size() > before || !process.isAlive();
                });
                assertThat(process.isAlive())
                        .as(() -> CaptureProcess.output(folder))
                        .isTrue();
                for (long end = System.nanoTime() + random.nextInt(300) * 1_000_000L; System.nanoTime() < end; ) {
                    change(random);
                }
            } finally {
                process.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
            }
        }
        Process last = CaptureProcess.start(folder, "shop");
        try {
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> told().equals(there()) || !last.isAlive());
            assertThat(last.isAlive()).as(() -> CaptureProcess.output(folder)).isTrue();
        } finally {
            last.destroyForcibly().waitFor(1, TimeUnit.MINUTES);
        }
        assertThat(told()).isEqualTo(there());
        assertThat(folded()).isEqualTo(there());
    }

    @Test
    void filesAreScannedToo() throws Exception {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/1.csv"), "id,name,price,seen,tags\n1,Tea,1.50,2026-11-21T10:00:00Z,\n");
        Files.writeString(folder.resolve("data/2.jsonl"), "{\"id\": 2, \"tags\": [\"a\"]}\n");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute(
                    "copy (select 3 as id, 'Mate' as name, 2.50 as price, timestamptz '2026-11-21 10:00:00Z' as seen,"
                            + " ['b'] as tags) to '" + folder.resolve("data/3.parquet") + "' (format parquet)");
        }
        pipeline("leaves", "{files: [data/*.csv, data/*.jsonl, data/*.parquet], every: 100ms}");
        HippoContext hippo = run();
        await().atMost(LONG).until(() -> told().size() == 3);
        assertThat(told().values())
                .containsExactly(
                        "{\"id\":\"1\",\"name\":\"Tea\",\"price\":\"1.50\",\"seen\":\"2026-11-21T10:00:00Z\"}",
                        "{\"id\":\"2\",\"tags\":[\"a\"]}",
                        "{\"id\":\"3\",\"name\":\"Mate\",\"price\":\"2.50\",\"seen\":\"2026-11-21T10:00:00Z\",\"tags\":[\"b\"]}");
        Files.delete(folder.resolve("data/1.csv"));
        await().atMost(LONG).until(() -> hippo.healthJson().contains("no file 'data/*.csv' is in"));
        assertThat(told()).hasSize(3);
        Files.writeString(folder.resolve("1.csv"), "id,name,price,seen,tags\n");
        Files.move(folder.resolve("1.csv"), folder.resolve("data/1.csv"));
        await().atMost(LONG).until(() -> told().keySet().equals(Set.of("2", "3")));
    }

    @Test
    void theRowsOfAProgramAreScannedToo() throws Exception {
        pipeline("leafs", "{class: '" + Leaves.class.getName() + "', every: 100ms}");
        run();
        await().atMost(LONG).until(() -> told().keySet().equals(Set.of("2", "3")));
        assertThat(told().get("3")).isEqualTo("{\"id\":\"3\",\"name\":\"leaf\"}");
    }

    /** Another row each time, until there are two. */
    public static final class Leaves implements PullSource {
        private int scans;

        @Override
        public Iterator<Map<String, Object>> scan() {
            scans = Math.min(3, scans + 1);
            return IntStream.range(Math.max(0, scans - 1), scans + 1)
                    .mapToObj(i -> Map.<String, Object>of("id", i, "name", "leaf"))
                    .iterator();
        }
    }

    /** Some rows come, some go, and some are other ones. */
    private static void change(Random random) throws Exception {
        int id = random.nextInt(200);
        execute(
                "delete from stock where id between " + id + " and " + (id + 5),
                "insert into stock values (" + (id + 2) + ", 'n" + random.nextInt() + "', 1, null, null)",
                "update stock set price = price + 1 where id % 7 = " + random.nextInt(7));
    }
}
