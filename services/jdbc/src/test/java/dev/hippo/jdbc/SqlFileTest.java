// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hippo.sdk.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlFileTest {
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private Connection database;

    @BeforeEach
    void open() throws Exception {
        database = DriverManager.getConnection("jdbc:h2:mem:");
        database.createStatement().execute("create table sums (ym varchar(9), n bigint check (n < 100))");
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private String run(String sql) throws Exception {
        Result result = new Result();
        new SqlFile("sums.sql", SqlStatement.read(sql))
                .run(
                        database,
                        Map.of("HIPPO_PARTITION", "2017'03"),
                        new Interruption(Thread.currentThread()),
                        result,
                        new PrintStream(log, true, StandardCharsets.UTF_8));
        return result.toJson();
    }

    private long rows() throws Exception {
        try (ResultSet rows = database.createStatement().executeQuery("select count(*) from sums")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void statementsHappenAndTheirRowsAreCounted() throws Exception {
        assertThat(run("-- a month; or :HIPPO_PARTITION?\ndelete from sums where ym = :HIPPO_PARTITION;\n"
                        + "insert into sums values (:HIPPO_PARTITION, 1), ('; ?', 2), (:HIPPO_PARTITION, 3);;\n"
                        + "/* ; */ select * from sums where ym = :HIPPO_PARTITION\n"))
                .isEqualTo("{\"rows_out\": 3, \"rows_in\": 2, \"YM\": \"2017'03\", \"N\": 1, \"statements\": 3}");
        assertThat(log.toString(StandardCharsets.UTF_8)).isEqualTo("YM       N\n2017'03  1\n2017'03  3\n2 rows\n");
        database.rollback();
        assertThat(rows()).isEqualTo(3);
    }

    @Test
    void theFirstRowOfTheLastQueryIsInTheSummary() throws Exception {
        assertThat(run("select 1 as other; select cast(12 as decimal(9, 2)) as whole, 1.25 as part, true as flag,"
                        + " cast(12345678901234567.89 as decimal(19, 2)) as exact, null as nothing, 7 as \"retry\""))
                .isEqualTo(
                        "{\"rows_in\": 2, \"WHOLE\": 12, \"PART\": 1.25, \"FLAG\": true, \"EXACT\": \"12345678901234567.89\","
                                + " \"statements\": 2}");
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("column 'retry' is not in the summary");
        log.reset();
        assertThat(run("select x from system_range(1, 250) order by x; delete from sums"))
                .isEqualTo("{\"rows_in\": 250, \"rows_out\": 0, \"statements\": 2}");
        assertThat(log.size()).isZero();
        assertThat(run("select x from system_range(1, 250) order by x")).contains("\"X\": 1");
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("\n100\n250 rows, the first 100 shown\n")
                .doesNotContain("\n101\n");
        assertThat(run("select 'short' as a, repeat('x', 9000) as b, 1 as c"))
                .contains("short")
                .doesNotContain("xx");
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("column 'B' and those after it are not in the summary");
    }

    @Test
    void nothingIsKeptOfAFileThatFailsAndTheErrorHasItsLine() throws Exception {
        SqlFailure wrong = catchThrowableOfType(
                SqlFailure.class,
                () -> run("insert into sums values ('a', 1);\n\n/* two\nlines */\nselect * from none;"));
        assertThat(wrong).hasMessageStartingWith("sums.sql:5: ").hasMessageContaining("nothing of the file was kept");
        assertThat(wrong.hopeless()).isTrue();
        SqlFailure refused = catchThrowableOfType(
                SqlFailure.class, () -> run("insert into sums values ('a', 1); insert into sums values ('b', 100)"));
        assertThat(refused).hasMessageStartingWith("sums.sql:1: ");
        assertThat(refused.hopeless()).isFalse();
        assertThat(rows()).isZero();
    }

    @Test
    void semicolonsInQuotesCommentsAndBodiesDoNotEndAStatement() {
        assertThat(SqlStatement.read("do $$ begin; end $$; select 'a;''b', \"c;d\", e::text, :HIPPO_A, x:HIPPO_B -- ;"))
                .containsExactly(
                        new SqlStatement(1, "do $$ begin; end $$", java.util.List.of()),
                        new SqlStatement(
                                1, "select 'a;''b', \"c;d\", e::text, ?, x:HIPPO_B", java.util.List.of("HIPPO_A")));
    }
}
