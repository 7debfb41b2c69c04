// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.change.v1.Op;
import dev.hippo.kit.HippoFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
        return "url: 'jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres', user: postgres";
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

    @Test
    void aRightThatIsMissingIsToldWithTheStatementThatGivesIt() throws Exception {
        SinkPipeline whole = pipeline("Account");
        execute(
                "create schema closed",
                "create role clerk login",
                "create table closed.t (id bigint primary key, owner text, balance text)",
                "grant usage on schema closed to clerk",
                "grant select on closed.t to clerk");
        SinkPipeline pipeline = new SinkPipeline(
                folder,
                kafka,
                whole.name,
                "Account",
                "{" + login().replace("user: postgres", "user: clerk") + ", tables: closed.t}");
        assertThatThrownBy(() -> Database.open(pipeline.context(), "p", false))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("permission denied for schema closed")
                .hasMessageContaining("GRANT SELECT, INSERT, UPDATE, DELETE")
                .hasMessageContaining("TO \"clerk\"");
        execute("grant create on schema closed to clerk");
        try (Database database = Database.open(pipeline.context(), "p", false)) {
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(0, "1", "{\"id\":1}")))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("permission denied for table t")
                    .hasMessageContaining("GRANT SELECT, INSERT, UPDATE, DELETE");
            execute("grant insert, update, delete on closed.t to clerk");
            apply(database, pipeline, pipeline.record(0, "1", "{\"id\":1}"));
            execute("alter table closed.t drop column balance");
            assertThatThrownBy(() -> apply(database, pipeline, pipeline.record(1, "1", "{\"id\":1}")))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("start the hippo again, which checks it anew");
        }
    }

    @Test
    void whatIsRefusedTogetherIsWrittenInTheOrderOfTheStatements() throws Exception {
        try (WholePipeline pipeline = wholePipeline()) {
            Database.open(pipeline.context(), "maker", false).close();
            execute("alter table public." + pipeline.name + "_a add unique (owner)");
            pipeline.tell(
                    "t1",
                    true,
                    List.of(pipeline.account(Op.CREATE, 1, "a", "1"), pipeline.account(Op.CREATE, 2, "b", "1")));
            pipeline.commit();
            try (Copier copier = new Copier(pipeline)) {
                copier.until(() -> accounts(pipeline).size() == 2);
                pipeline.tell(
                        "t2",
                        true,
                        List.of(
                                pipeline.account(Op.UPDATE, 1, "for a moment", "1"),
                                pipeline.account(Op.UPDATE, 2, "a", "1"),
                                pipeline.account(Op.UPDATE, 1, "b", "1")));
                pipeline.commit();
                copier.until(() -> copier.delivery.lag() == 0 && stored(pipeline) > 4);
            }
            assertThat(accounts(pipeline)).isEqualTo(Map.of("1", "b|1", "2", "a|1"));
        }
    }
}
