// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A destination in a real PostgreSQL. */
class DestinationIT extends DestinationSuite {
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startDatabase() throws Exception {
        postgres = EmbeddedPostgres.builder().start();
    }

    @AfterAll
    static void stopDatabase() throws Exception {
        postgres.close();
    }

    @Override
    Connection connect() throws SQLException {
        Connection connection = postgres.getPostgresDatabase().getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set timezone to 'UTC'");
        }
        return connection;
    }

    @Override
    String login() {
        return "url: '" + postgres.getJdbcUrl("postgres", "postgres") + "', user: postgres";
    }

    @Override
    String schema() {
        return "public";
    }

    @Override
    void cut() throws SQLException {
        execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'hippo %'");
    }

    @Override
    List<String> audit(String table) {
        String written = table.replace("public.", "public.written_");
        return List.of(
                "create table " + written + " (id bigint not null)",
                "create function " + written + "() returns trigger language plpgsql as 'begin insert into " + written
                        + " values (new.id); return null; end'",
                "create trigger written after insert or update on " + table + " for each row execute function "
                        + written + "()");
    }

    @Override
    String oddTable(String table) {
        return "create domain " + table + "_number as numeric(8, 3); create table " + table
                + " (id uuid primary key, number " + table
                + "_number, day date, doc jsonb, small smallint, at timestamp(3), extra serial)";
    }
}
