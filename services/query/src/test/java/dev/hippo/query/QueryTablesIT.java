// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.HippoSettings;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables, forms of answers, limits and refusals; no Kafka. */
class QueryTablesIT {
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir
    static Path folder;

    private static QueryServer server;

    @BeforeAll
    static void open() throws Exception {
        server = QueryServer.open(folder, NOWHERE, new HippoSettings.Query(1_000, Duration.ofSeconds(60), 1L << 30));
        DeltaFiles sales = new DeltaFiles(
                server.table("sales"),
                List.of(),
                "id",
                "long",
                "name",
                "string",
                "sold_at",
                "timestamp",
                "price",
                "decimal(10,2)",
                "tags",
                "{\"type\":\"array\",\"elementType\":\"string\",\"containsNull\":true}",
                "seller",
                "{\"type\":\"struct\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}},{\"name\":\"since\",\"type\":\"date\",\"nullable\":true,\"metadata\":{}}]}",
                "raw",
                "binary",
                "share",
                "double");
        sales.append("""
                SELECT i::BIGINT AS id, CASE i WHEN 1 THEN '' WHEN 2 THEN 'a "b", c' || chr(10) || 'd' WHEN 3 THEN NULL ELSE 'n' || i END AS name,
                  TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(i) AS sold_at, (i * 1.5)::DECIMAL(10, 2) AS price,
                  ['x', 'y' || i] AS tags, {'name': 'S' || i, 'since': DATE '2020-02-29'} AS seller, 'ab'::BLOB AS raw,
                  CASE i WHEN 2 THEN 'NaN'::DOUBLE ELSE i / 4 END AS share FROM range(2500) r(i)""");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        await().atMost(Duration.ofMinutes(2)).until(() -> server.scratch() == 0);
    }

    private static JsonNode told(HttpResponse<byte[]> response) throws Exception {
        return new ObjectMapper()
                .readTree(response.headers().firstValue("Hippo-Answer").orElse("{}"));
    }

    @Test
    void jsonTellsColumnsRowsAndTheVersionOfTheTable() throws Exception {
        JsonNode answer = server.answer("select * from sales where id in (1, 2, 3) order by id; -- done");
        assertThat(answer.path("columns").get(2).toString())
                .isEqualTo("{\"name\":\"sold_at\",\"type\":\"TIMESTAMP WITH TIME ZONE\"}");
        assertThat(answer.path("rows").get(0).toString())
                .isEqualTo(
                        "[1,\"\",\"2026-01-01T00:00:01Z\",1.5,[\"x\",\"y1\"],{\"name\":\"S1\",\"since\":\"2020-02-29\"},\"YWI=\",0.25]");
        assertThat(answer.path("rows").get(1).get(7).asText()).isEqualTo("NaN");
        assertThat(answer.path("rows").get(2).get(1).isNull()).isTrue();
        assertThat(answer.path("rowCount").asLong()).isEqualTo(3);
        assertThat(answer.path("truncated").asBoolean()).isFalse();
        assertThat(answer.path("tables").toString()).isEqualTo("{\"sales\":1}");
    }

    @Test
    void ndjsonIsAnObjectALine() throws Exception {
        HttpResponse<byte[]> response =
                server.ask("application/x-ndjson", "select id, id, seller from sales where id < 2 order by 1");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        assertThat(QueryServer.text(response)).isEqualTo("""
                {"id":0,"id_1":0,"seller":{"name":"S0","since":"2020-02-29"}}
                {"id":1,"id_1":1,"seller":{"name":"S1","since":"2020-02-29"}}
                """);
    }

    @Test
    void csvTellsANullFromAnEmptyTextAndQuotesWhatItMust() throws Exception {
        HttpResponse<byte[]> response = server.ask(
                "text/csv", "select id, name, sold_at, tags, raw from sales where id in (1, 2, 3) order by id");
        assertThat(QueryServer.text(response))
                .isEqualTo("id,name,sold_at,tags,raw\r\n"
                        + "1,\"\",2026-01-01T00:00:01Z,\"[\"\"x\"\",\"\"y1\"\"]\",YWI=\r\n"
                        + "2,\"a \"\"b\"\", c\nd\",2026-01-01T00:00:02Z,\"[\"\"x\"\",\"\"y2\"\"]\",YWI=\r\n"
                        + "3,,2026-01-01T00:00:03Z,\"[\"\"x\"\",\"\"y3\"\"]\",YWI=\r\n");
    }

    @Test
    void arrowIsReadBack() throws Exception {
        HttpResponse<byte[]> response = server.ask(
                "application/vnd.apache.arrow.stream",
                "select id, name, 'k'::ENUM('j', 'k') as e from sales order by id limit 900 -- c");
        long sum = 0;
        long rows = 0;
        try (RootAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(response.body()), allocator)) {
            while (reader.loadNextBatch()) {
                rows += reader.getVectorSchemaRoot().getRowCount();
                for (int i = 0; i < reader.getVectorSchemaRoot().getRowCount(); i++) {
                    sum += (Long) reader.getVectorSchemaRoot().getVector("id").getObject(i);
                }
            }
        }
        assertThat(rows).isEqualTo(900);
        assertThat(sum).isEqualTo(900L * 899 / 2);
        assertThat(told(response).path("rowCount").asLong()).isEqualTo(900);
    }

    @Test
    void parquetIsReadBack() throws Exception {
        HttpResponse<byte[]> response = server.ask(
                "application/vnd.apache.parquet", "select * from sales where id < 700 order by id desc; -- c");
        Path file = folder.resolve("back.parquet");
        Files.write(file, response.body());
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet row = statement.executeQuery(
                        "select count(*), sum(id), first(id), max(seller.name) from '" + file + "'")) {
            row.next();
            assertThat(List.of(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4)))
                    .isEqualTo(List.of(700L, 699L * 350, 699L, "S99"));
        }
        assertThat(told(response).path("tables").toString()).isEqualTo("{\"sales\":1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/x-ndjson",
                "text/csv",
                "application/vnd.apache.arrow.stream",
                "application/vnd.apache.parquet"
            })
    void rowsBeyondTheLimitAreCutOffAndThatIsTold(String accept) throws Exception {
        HttpResponse<byte[]> cut = server.ask(accept, "select id from sales order by id");
        assertThat(cut.statusCode()).isEqualTo(200);
        assertThat(told(cut).path("rowCount").asLong()).isEqualTo(1_000);
        assertThat(told(cut).path("truncated").asBoolean()).isTrue();
        HttpResponse<byte[]> whole = server.ask(accept, "select id from sales order by id limit 1000");
        assertThat(told(whole).path("rowCount").asLong()).isEqualTo(1_000);
        assertThat(told(whole).path("truncated").asBoolean()).isFalse();
    }

    @Test
    void theFormIsTheOneThatTheClientPrefers() throws Exception {
        for (Map.Entry<String, String> expected : Map.of(
                        "text/csv, application/json", "text/csv",
                        "application/json;q=0.5, text/csv", "text/csv",
                        "text/html, */*;q=0.1", "application/json",
                        "APPLICATION/X-NDJSON", "application/x-ndjson")
                .entrySet()) {
            assertThat(server.ask(expected.getKey(), "select 1").headers().firstValue("Content-Type"))
                    .as(expected.getKey())
                    .hasValue(expected.getValue());
        }
        HttpResponse<byte[]> refused = server.ask("text/html", "select 1");
        assertThat(refused.statusCode()).isEqualTo(406);
        assertThat(QueryServer.text(refused)).contains("text/html", "application/vnd.apache.parquet");
        assertThat(server.get("/query").statusCode()).isEqualTo(405);
    }

    @Test
    void faultsAreToldWithTheirPlaceAndAHint() throws Exception {
        assertThat(server.refusal("select id,\n  nmae from sales"))
                .startsWith(
                        "400 2:3: Referenced column \"nmae\" not found in FROM clause!\nCandidate bindings: \"name\"");
        assertThat(server.refusal("select '\u00e9\u00e9', countt(*) from sales"))
                .startsWith("400 1:14: Scalar Function with name countt does not exist!\nDid you mean \"count\"?");
        assertThat(server.refusal("select * from sales wher id = 1"))
                .startsWith("400 1:")
                .contains("syntax error");
        assertThat(server.refusal("select * from slaes"))
                .isEqualTo("404 there is no table 'slaes'; did you mean 'sales'?");
        assertThat(server.refusal("select name::int from sales order by id limit 1"))
                .startsWith("400 1:");
        assertThat(server.refusal("select 'a' + [1]")).startsWith("400 1:").hasSizeLessThan(1_500);
        HttpResponse<byte[]> parquet = server.ask("application/vnd.apache.parquet", "select nmae from sales");
        assertThat(QueryServer.text(parquet)).contains("1:8: Referenced column");
        assertThat(server.refusal("")).isEqualTo("400 the request has no SQL");
        assertThat(server.refusal("{\"sql\": \"select 1\", \"lates\": 5}"))
                .isEqualTo("400 the request has a field 'lates', which is unknown; did you mean 'latest'?");
        assertThat(server.refusal("{\"sql\": \"select 1\", \"latest\": \"many\"}"))
                .contains("400 'latest' is a number");
        assertThat(server.refusal("{\"sql\": \"select 1\", \"from\": \"monday\"}"))
                .contains("not 'monday'");
        assertThat(server.refusal("select * from unwritten"))
                .isEqualTo("409 table 'unwritten' has no rows yet: its writer has not made it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into sales values (1)",
                "drop view sales",
                "attach '/tmp/other.db'",
                "copy sales to '/tmp/stolen.csv'",
                "pragma database_list",
                "install httpfs",
                "load httpfs",
                "set memory_limit = '100GB'",
                "select * from read_csv('/etc/passwd')",
                "select * from '/etc/passwd'",
                "select getenv('HOME')",
                "select * from duckdb_settings()"
            })
    void whatWouldWriteOrReachOutsideIsRefused(String sql) throws Exception {
        for (String accept : List.of("application/json", "application/vnd.apache.parquet")) {
            assertThat(server.ask(accept, sql).statusCode()).as(sql).isBetween(400, 404);
        }
        assertThat(server.rows("select count(*) from sales")).isEqualTo("[[2500]]");
    }

    @Test
    void partitionValuesOfAnyKindComeBack() throws Exception {
        DeltaFiles parts = new DeltaFiles(
                server.table("parts"), List.of("area", "day"), "id", "long", "area", "string", "day", "date");
        List<String> areas = List.of("a b", "a/b", "50%", "x:y", "it's", "caf\u00e9", "a=b", "q?[1]*", "+1", "%41");
        for (int i = 0; i < areas.size(); i++) {
            parts.append(
                    "select " + i + "::BIGINT as id", Map.of("area", areas.get(i), "day", "2026-03-0" + (1 + i % 9)));
        }
        Map<String, String> none = new HashMap<>();
        none.put("area", null);
        none.put("day", "2026-03-01");
        parts.append("select 99::BIGINT as id", none);
        JsonNode rows =
                server.answer("select area, id, day from parts order by id").path("rows");
        List<String> back = new ArrayList<>();
        rows.forEach(row -> back.add(row.get(0).isNull() ? null : row.get(0).asText()));
        List<String> expected = new ArrayList<>(areas);
        expected.add(null);
        assertThat(back).isEqualTo(expected);
        assertThat(server.rows("select id from parts where day = DATE '2026-03-03'"))
                .isEqualTo("[[2]]");
    }

    @Test
    void columnsThatCameLaterAreNullInOlderFiles() throws Exception {
        String seller =
                "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}";
        DeltaFiles grown = new DeltaFiles(server.table("grown"), List.of(), "id", "long", "s", seller + "]}");
        grown.append("select 1::BIGINT as id, {'a': 7::BIGINT} as s");
        assertThat(server.rows("select * from grown")).isEqualTo("[[1,{\"a\":7}]]");
        String more = seller + ",{\"name\":\"b\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}";
        grown.evolve("id", "long", "s", more, "extra", "integer");
        assertThat(server.rows("select * from grown")).isEqualTo("[[1,{\"a\":7,\"b\":null},null]]");
        grown.append("select 2::BIGINT as id, {'a': 8::BIGINT, 'b': 'x'} as s, 5::INTEGER as extra");
        assertThat(server.rows("select * from grown order by id"))
                .isEqualTo("[[1,{\"a\":7,\"b\":null},null],[2,{\"a\":8,\"b\":\"x\"},5]]");
    }

    @Test
    void aTableWithoutRowsHasItsColumns() throws Exception {
        new DeltaFiles(server.table("empty"), List.of(), "id", "long", "name", "string");
        JsonNode answer = server.answer("select * from empty");
        assertThat(answer.path("columns").size()).isEqualTo(2);
        assertThat(answer.path("tables").toString()).isEqualTo("{\"empty\":0}");
        JsonNode tables = new ObjectMapper().readTree(server.get("/tables").body());
        assertThat(tables.findValuesAsText("name")).contains("empty", "unwritten");
    }

    @Test
    void eachQuerySeesOneVersionWhileCommitsGoOn() throws Exception {
        DeltaFiles busy = new DeltaFiles(server.table("busy"), List.of(), "id", "long");
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try {
                // each commit has 100 rows more
                while (!stop.get()) {
                    busy.append("select i::BIGINT as id from range(100) r(i)");
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long before = 0;
        for (int i = 0; i < 15; i++) {
            JsonNode answer = server.answer("select (select count(*) from busy), (select count(*) from busy)");
            long version = answer.path("tables").path("busy").asLong();
            assertThat(answer.path("rows").toString()).isEqualTo("[[" + 100 * version + "," + 100 * version + "]]");
            assertThat(version).isGreaterThanOrEqualTo(before);
            before = version;
        }
        stop.set(true);
        writer.get();
        assertThat(server.rows("select count(*) from busy")).isEqualTo("[[" + 100 * busy.version() + "]]");
    }

    @Test
    void filesThatAreReplacedAndRemovedWhileAQueryRunsDoNotFailIt() throws Exception {
        DeltaFiles swept = new DeltaFiles(server.table("swept"), List.of(), "id", "long");
        for (int i = 0; i < 5; i++) {
            swept.append("select i::BIGINT as id from range(1000) r(i)");
        }
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> sweeper = CompletableFuture.supplyAsync(() -> {
            int sweeps = 0;
            try {
                while (!stop.get()) {
                    swept.replace("select i::BIGINT as id from range(5000) r(i)");
                    sweeps++;
                    // ten sweeps a second; without a pause no file lives as long as a query needs to open it
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return sweeps;
        });
        try {
            for (int i = 0; i < 15; i++) {
                assertThat(server.rows("select count(*) from swept")).isEqualTo("[[5000]]");
            }
        } finally {
            stop.set(true);
        }
        assertThat(sweeper.get()).isPositive();
    }

    @Test
    void aTableThatLacksAFileOfItsPresentVersionIsToldAtOnce() throws Exception {
        DeltaFiles damaged = new DeltaFiles(server.table("damaged"), List.of(), "id", "long");
        damaged.append("select 1::BIGINT as id");
        try (var files = Files.list(server.table("damaged"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".parquet")).toList()) {
                Files.delete(file);
            }
        }
        assertThat(server.refusal("select * from damaged"))
                .startsWith("500 a table lacks a file of its present version ({damaged=1}): ")
                .contains(".parquet");
    }
}
