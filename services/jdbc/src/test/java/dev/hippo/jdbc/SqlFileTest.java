// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hippo.sdk.Result;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SqlFileTest {
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
        new SqlFile("sums.sql", SqlStatement.read(sql)).run(database, Map.of("HIPPO_PARTITION", "2017'03"), result);
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
                .isEqualTo("{\"rows_out\": 3, \"rows_in\": 2, \"statements\": 3}");
        database.rollback();
        assertThat(rows()).isEqualTo(3);
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
