// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of an SQL mission against a real PostgreSQL. */
class PostgresJobIT {
    @TempDir
    static Path folder;

    private static EmbeddedPostgres postgres;
    private static Connection connection;

    private final Path log = folder.resolve("job.log");
    private final Path result = folder.resolve("result.json");

    @BeforeAll
    static void start() throws Exception {
        Path access = Files.writeString(folder.resolve("hba"), """
                host all postgres 127.0.0.1/32 trust
                host all postgres ::1/128 trust
                host all all 127.0.0.1/32 scram-sha-256
                """);
        // the server may run as another user than this
        Files.setPosixFilePermissions(access, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("hba_file", access.toString())
                .start();
        connection = postgres.getPostgresDatabase().getConnection();
        execute("create role etl login password 'right'; grant all on schema public to etl");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
    }

    @BeforeEach
    void makeTable() throws Exception {
        execute("drop table if exists sums; create table sums (day date, n int); alter table sums owner to etl");
        Files.deleteIfExists(result);
    }

    private static void execute(String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(String from) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*) from " + from)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Process start(String sql, Map<String, String> otherwise) throws IOException {
        Files.writeString(folder.resolve("job.sql"), sql);
        ProcessBuilder job = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.hippo.jdbc.Main",
                "job.sql");
        job.directory(folder.toFile()).redirectErrorStream(true).redirectOutput(log.toFile());
        Map<String, String> variables = new HashMap<>(Map.of(
                "HIPPO_SQL_URL", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                "HIPPO_SQL_USER", "etl",
                "HIPPO_SQL_PASSWORD", "right",
                "HIPPO_RESULT_FILE", result.toString(),
                "HIPPO_PARTITION", "2026-11-21"));
        variables.putAll(otherwise);
        job.environment().putAll(variables);
        return job.start();
    }

    private String refused(String sql, Map<String, String> otherwise) throws Exception {
        assertThat(start(sql, otherwise).waitFor()).isEqualTo(1);
        return Files.readString(log);
    }

    @Test
    void aFileHappensAsAWholeOrNotAtAll() throws Exception {
        String insert = "insert into sums values (:HIPPO_PARTITION, 1);\n";
        assertThat(refused(insert + "insert into sums values ('yesterday-ish', 2);", Map.of()))
                .startsWith("job.sql:2: ERROR: invalid input syntax for type date")
                .contains("nothing of the file was kept");
        assertThat(Files.exists(result)).isTrue();
        assertThat(count("sums")).isZero();
        assertThat(refused(insert + "insert into summs values (null, 2);", Map.of()))
                .contains("summs");
        assertThat(Files.readString(result)).contains("\"retry\": false");
        assertThat(count("sums")).isZero();
        Process good = start(insert + "select day, sum(n) as n from sums group by day;", Map.of());
        assertThat(good.waitFor()).isZero();
        assertThat(Files.readString(result))
                .isEqualTo("{\"rows_out\": 1, \"rows_in\": 1, \"day\": \"2026-11-21\", \"n\": 1, \"statements\": 2}");
        assertThat(Files.readString(log)).isEqualTo("day         n\n2026-11-21  1\n1 row\n");
        assertThat(count("sums")).isEqualTo(1);
    }

    private void endsOnTheServerToo(Consumer<Process> end) throws Exception {
        Process job = start("insert into sums values (:HIPPO_PARTITION, 1);\nselect pg_sleep(600);", Map.of());
        String asleep = "pg_stat_activity where usename = 'etl' and state = 'active' and query like '%pg_sleep%'";
        await().atMost(Duration.ofMinutes(2)).until(() -> count(asleep) == 1);
        end.accept(job);
        assertThat(job.waitFor()).isNotZero();
        await().atMost(Duration.ofMinutes(2)).until(() -> count("pg_stat_activity where usename = 'etl'") == 0);
        assertThat(count("sums")).isZero();
    }

    @Test
    void aJobThatIsToEndEndsItsStatementOnTheServer() throws Exception {
        endsOnTheServerToo(Process::destroy);
        assertThat(Files.readString(log))
                .contains("job.sql:2: ERROR: canceling statement due to user request; nothing of the file was kept");
    }

    @Test
    void theServerNoticesThatAJobWasKilled() throws Exception {
        endsOnTheServerToo(Process::destroyForcibly);
    }

    @Test
    void aLoginThatFailsSaysWhyAndKeepsItsSecret() throws Exception {
        assertThat(refused("select 1", Map.of("HIPPO_SQL_PASSWORD", "wrong-one")))
                .contains("no connection to the database: FATAL: password authentication failed for user \"etl\"")
                .doesNotContain("wrong-one")
                .doesNotContain("\tat ");
        assertThat(Files.readString(result)).isEqualTo("{\"retry\": false}");
        assertThat(refused("select 1", Map.of("HIPPO_SQL_URL", "jdbc:none://127.0.0.1/x?password=pssst")))
                .isEqualTo("there is no driver for jdbc:none:...; name the jar of one in 'classpath'\n");
        Files.delete(result);
        assertThat(refused("select 1", Map.of("HIPPO_SQL_URL", "jdbc:postgresql://127.0.0.1:1/x")))
                .contains("no connection to the database: Connection to 127.0.0.1:1 refused")
                .doesNotContain("\tat ");
        // it may be there later
        assertThat(Files.exists(result)).isFalse();
    }
}
