// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.mariadb.MariaDbServer;
import dev.hippo.kit.HippoFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A destination in a real MariaDB. */
class MariaDbDestinationIT extends DestinationSuite {
    private static MariaDbServer server;

    @BeforeAll
    static void startDatabase() throws Exception {
        server = MariaDbServer.start();
        server.execute(
                "create database bank",
                "create user 'sink'@'%' identified by 'pw'",
                "grant all on bank.* to 'sink'@'%'");
    }

    @AfterAll
    static void stopDatabase() {
        server.close();
    }

    @Override
    Connection connect() throws SQLException {
        return server.connect();
    }

    @Override
    String login() {
        return "url: '" + server.url() + "', user: sink, password: pw";
    }

    @Override
    String schema() {
        return "bank";
    }

    @Override
    void cut() throws SQLException {
        execute("kill user 'sink'");
    }

    @Override
    List<String> audit(String table) {
        String written = table.replace("bank.", "bank.written_");
        return List.of(
                "create table " + written + " (id bigint not null)",
                "create trigger " + table + "_i after insert on " + table + " for each row insert into " + written
                        + " values (new.id)",
                "create trigger " + table + "_u after update on " + table + " for each row insert into " + written
                        + " values (new.id)");
    }

    @Override
    String oddTable(String table) {
        return "create table " + table
                + " (id uuid primary key, number decimal(8, 3), day date, doc json, small smallint, at datetime(3), extra int auto_increment, key (extra))";
    }

    @Test
    void aServerThatCrashesIsWaitedForAndNothingIsLost() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        start(pipeline);
        Map<String, String> rows = new HashMap<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3_000; i++) {
                send(pipeline, Integer.toString(i), "{\"id\":" + i + ",\"owner\":\"" + round + "\"}");
                rows.put(Integer.toString(i), round + "|null");
            }
            if (round == 1) {
                server.kill();
                server.startAgain();
            }
            awaitRows(pipeline, rows);
        }
    }

    @Test
    void whatWouldLetTheServerWriteOverAnotherRowIsRefused() throws Exception {
        SinkPipeline pipeline = pipeline("Odd");
        execute("create table bank." + pipeline.name
                + " (id varchar(50) character set utf8mb4 collate utf8mb4_general_ci primary key, number text, day varchar(10) unique,"
                + " doc text, small int, at datetime(6)) engine = MyISAM");
        assertThatThrownBy(() -> Database.open(pipeline.context(), "p", false))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("engine MyISAM")
                .hasMessageContaining("is compared by utf8mb4_general_ci")
                .hasMessageContaining("index day of bank." + pipeline.name + " is unique beside the key");
    }

    @Test
    void aPartitionedTableWithATextInItsKeyHasAMirror() throws Exception {
        execute(
                "create table bank.parted (id int not null, k text collate utf8mb4_bin not null, v text, unique (id, k))"
                        + " engine = InnoDB default character set utf8mb4 partition by hash(id) partitions 3");
        MariaDbDialect dialect = new MariaDbDialect();
        TableName table = new TableName("bank", "parted");
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            dialect.makeMirror(connection, table, List.of("id", "k"));
            String upsert = dialect.upsert(dialect.mirror(table), List.of("id", "k", "v"), List.of("id", "k"));
            statement.execute(upsert.replace("?, ?, ?", "1, 'a', 'first'"));
            statement.execute(upsert.replace("?, ?, ?", "1, 'a', 'last'"));
            try (ResultSet rows = statement.executeQuery("select v from bank.hippo_mirror")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getString(1)).isEqualTo("last");
                assertThat(rows.next()).isFalse();
            }
        }
    }

    @Test
    void aLoginThatIsRefusedIsToldWithWhatToDo() throws Exception {
        SinkPipeline pipeline = pipeline("Account");
        server.execute("alter user 'sink'@'%' identified by 'other'");
        try {
            assertThatThrownBy(() -> start(pipeline))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("Access denied")
                    .hasMessageContaining("check user and password");
        } finally {
            server.execute("alter user 'sink'@'%' identified by 'pw'");
        }
    }
}
