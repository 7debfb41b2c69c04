// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The capture of PostgreSQL. */
class PostgresCaptureIT extends CaptureTests {
    private static EmbeddedPostgres postgres;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .start();
        connection = postgres.getPostgresDatabase().getConnection();
        use(connection);
        execute("alter role postgres set synchronous_commit=on");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
    }

    @Override
    void forgetReaders() throws Exception {
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            try (Statement statement = connection.createStatement();
                    ResultSet active = statement.executeQuery("select 1 from pg_replication_slots where active")) {
                return !active.next();
            }
        });
        execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
    }

    @Test
    void aLargeValueThatAnUpdateLeavesAloneStaysInTheLatestRow() throws Exception {
        new Running();
        awaitEqual();
        execute(
                "update " + table + " set owner = (select string_agg(md5(i::text), '') from generate_series(1, 500) i)"
                        + " where id < 4",
                "update " + table + " set balance = 7 where id = 1",
                "update " + table + " set id = 2000 where id = 2",
                "update " + table + " set balance = 8 where id = 3",
                "update " + table + " set owner = 'short' where id = 3");
        awaitEqual();
    }

    @Override
    String access() {
        return "url: '" + postgres.getJdbcUrl("postgres", "postgres") + "', user: postgres";
    }

    @Override
    String schema() {
        return "public";
    }

    @Override
    String quoted(String odd) {
        return '"' + odd + '"';
    }

    @Override
    String declaredNumeric() {
        return "numeric(12,2)";
    }

    @Override
    String longText() {
        return "text";
    }

    @Override
    String series(int first, int last) {
        return "i, 'bulk', 1 from generate_series(" + first + ", " + last + ") i";
    }

    @Override
    void tellBefore(String table) throws Exception {
        execute("alter table " + table + " replica identity full");
    }
}
