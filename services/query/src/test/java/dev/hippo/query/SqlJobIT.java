// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.HippoSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that a mission with {@code run: {sql}} is, which asks a query service. */
class SqlJobIT {
    @TempDir
    static Path folder;

    private static QueryServer server;

    @BeforeAll
    static void open() throws Exception {
        server = QueryServer.open(
                folder, "127.0.0.1:1", new HippoSettings.Query(1_000, Duration.ofSeconds(60), 1L << 30));
        new DeltaFiles(
                        server.table("sales"),
                        List.of(),
                        "id",
                        "long",
                        "sold_at",
                        "timestamp",
                        "price",
                        "decimal(10,2)",
                        "seller",
                        "{\"type\":\"struct\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}")
                .append("""
                        SELECT i::BIGINT AS id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(i) AS sold_at,
                          (i * 1.5)::DECIMAL(10, 2) AS price, {'name': 'S' || i} AS seller FROM range(2500) r(i)""");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private record Job(int status, String log, String result) {}

    private static Job job(String sql) throws Exception {
        Path file = Files.writeString(folder.resolve("job.sql"), sql);
        Path log = folder.resolve("job.log");
        Path result = folder.resolve("result.json");
        Files.deleteIfExists(result);
        Path running = Files.writeString(folder.resolve("ask.json"), "{\"port\": " + server.port() + "}");
        ProcessBuilder job = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.hippo.jdbc.Main",
                file.getFileName().toString());
        job.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        job.environment()
                .putAll(Map.of(
                        "HIPPO_SQL_QUERY",
                        "ask",
                        "HIPPO_SQL_RUN_FILE",
                        running.toString(),
                        "HIPPO_RESULT_FILE",
                        result.toString(),
                        "HIPPO_PARTITION",
                        "2026-01-01",
                        "HIPPO_PARAMETER_NAME",
                        "n'7"));
        int status = job.start().waitFor();
        return new Job(status, Files.readString(log), Files.exists(result) ? Files.readString(result) : "");
    }

    @Test
    void anSqlFileOfAMissionIsAskedHere() throws Exception {
        Job job = job("""
                -- of :HIPPO_PARTITION; all
                select id from sales where sold_at >= :HIPPO_PARTITION order by id;

                select count(*) as sales, sum(price) as total, :HIPPO_PARAMETER_NAME as name, null as none, max(seller) as last
                from sales where sold_at::date = :HIPPO_PARTITION;
                """);
        assertThat(job.log()).isEqualTo("""
                job.sql:2: the query has more than these 1000 rows; the query service cuts an answer off there, by its 'limits: {rows}'
                sales  total      name  none  last
                2500   4685625.0  n'7         {"name":"S999"}
                1 row
                """);
        assertThat(job.result())
                .startsWith("{\"rows_in\": 1001, \"sales\": 2500, \"total\": 4685625.0, \"name\": \"n'7\", \"last\": ")
                .endsWith("\"statements\": 2}");
        assertThat(job.status()).isZero();
        Job written = job("select 1;\n\ninsert into sales select * from sales");
        assertThat(written.status()).isEqualTo(1);
        assertThat(written.log()).startsWith("job.sql:3: ").contains("only SELECT statements are answered");
        assertThat(written.result()).isEqualTo("{\"rows_in\": 1, \"retry\": false}");
        assertThat(job("select 1;\nselect\n  nothing\nfrom sales").log()).startsWith("job.sql:3: ");
    }
}
