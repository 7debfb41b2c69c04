// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MariaDbFailuresIT {
    private static MariaDbServer server;
    private static Readings readings;

    @BeforeAll
    static void startServer() throws Exception {
        server = MariaDbServer.start();
        readings = new Readings(server);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        readings.begin();
    }

    @Test
    void aServerThatCrashesIsPassingAndNothingIsLost() throws Exception {
        server.execute("create table bank.t (id int primary key)");
        Position from = readings.now();
        server.execute("insert into bank.t values (1)");
        try (Readings.Stream stream = readings.stream(from, "bank.t")) {
            Recorder first = stream.readAll();
            server.kill();
            Readings.failsWith(Kind.PASSING, stream::awaitEnd, "binary log");
            Readings.failsWith(Kind.PASSING, () -> readings.source("bank.t").tables(), "connect");
            server.startAgain();
            server.execute("insert into bank.t values (2)");
            assertThat(readings.words(
                            readings.readAll(first.reached(), "bank.t").changes()))
                    .containsExactly("CREATE bank.t -> {id=2}");
        }
    }

    @Test
    void anAlterTableWhileNobodyReadsIsNeverGuessed() throws Exception {
        server.execute("create table bank.t (id int primary key, a int, b int)");
        Position from = readings.now();
        server.execute("insert into bank.t values (1, 2, 3)");
        // the types are the same and the names are not: only the second of the change tells
        Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> differsFromNow("bank.t"));
        server.execute("alter table bank.t drop column a, add column c int after id");
        Readings.failsWith(
                Kind.SETTING, () -> readings.readAll(from, "bank.t"), "bank.t", "changed since", "binlog_row_metadata");

        server.execute("alter table bank.t add column d int");
        Readings.failsWith(Kind.SETTING, () -> readings.readAll(from, "bank.t"), "4 columns now and 3 in the log");
    }

    private static boolean differsFromNow(String table) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select max(create_time) < now() - interval 1 second from information_schema.tables"
                                + " where concat(table_schema, '.', table_name) = '" + table + "'")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    @Test
    void aPurgedLogIsGone() throws Exception {
        server.execute("create table bank.t (id int primary key)");
        Position from = readings.now();
        server.execute("insert into bank.t values (1)", "flush binary logs", "flush binary logs");
        LogPlace last = LogPlace.of(readings.now());
        // the server passes over what its tables have not settled yet, and says nothing
        Awaitility.await().atMost(Readings.LONGEST).until(() -> {
            server.execute("purge binary logs to '" + last.fileName("binlog") + "'");
            return oldestLog().equals(last.fileName("binlog"));
        });

        Readings.failsWith(Kind.GONE, () -> readings.readAll(from, "bank.t"), "is gone", "snapshot");
        Position beyond = new LogPlace(last.file(), last.offset() + 1000).position(0);
        Readings.failsWith(
                Kind.GONE, () -> readings.source("bank.t").stream(beyond, new Recorder(beyond)), "new history");
        server.execute("insert into bank.t values (2)");
        Position inside = new LogPlace(last.file(), last.offset() - 1).position(0);
        Readings.failsWith(Kind.GONE, () -> readings.readAll(inside, "bank.t"), "snapshot");
        Readings.failsWith(Kind.GONE, () -> readings.readAll(new LogPlace(1, 4).position(7), "bank.t"), "epoch 7");
    }

    private static String oldestLog() throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show binary logs")) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    @Test
    void whatSomebodyHasToChangeIsTold() throws Exception {
        server.execute(
                "create table bank.t (id int primary key)",
                "create table bank.odd (id int primary key, c varchar(10) character set armscii8)",
                "create or replace user poor@'%' identified by 'pw'",
                "create or replace user half@'%' identified by 'pw'",
                "grant select on bank.* to poor@'%'",
                "grant select on bank.* to half@'%'",
                "grant binlog monitor on *.* to half@'%'");
        Readings.failsWith(
                Kind.SETTING,
                () -> readings.sourceAs("poor", "wrong", 4711, "bank.t").tables(),
                "user and password");
        Readings.failsWith(
                Kind.SETTING,
                () -> readings.sourceAs("poor", "pw", 4711, "bank.t").tables(),
                "GRANT REPLICATION SLAVE");
        Position from = readings.now();
        Readings.failsWith(
                Kind.SETTING,
                () -> readings.sourceAs("half", "pw", 4711, "bank.t").stream(from, new Recorder(from)),
                "GRANT REPLICATION SLAVE");
        Readings.failsWith(
                Kind.SETTING, () -> readings.source("bank.t", "bank.missing").tables(), "bank.missing");
        Readings.failsWith(
                Kind.SETTING, () -> readings.source("bank.*").tables(), "'c' of bank.odd", "armscii8", "utf8mb4");
        assertThat(readings.source("bank.t").tables()).hasSize(1);
        Readings.failsWith(
                Kind.SETTING,
                () -> readings.sourceAs(MariaDbServer.USER, MariaDbServer.PASSWORD, 1, "bank.t")
                        .tables(),
                "server id 1");
        for (String wrong : List.of("binlog_format = 'MIXED'", "binlog_row_image = 'MINIMAL'")) {
            server.execute("set global " + wrong);
            Readings.failsWith(
                    Kind.SETTING,
                    () -> readings.source("bank.t").tables(),
                    "SET GLOBAL " + wrong.substring(0, wrong.indexOf(' ')));
            server.execute("set global binlog_format = 'ROW'", "set global binlog_row_image = 'FULL'");
        }
    }

    @Test
    void rowsThatTheLogDoesNotHaveAreNotPassedOver() throws Exception {
        server.execute("create table bank.t (id int primary key, a int)", "create table shop.t (id int primary key)");
        Position from = readings.now();
        server.execute("set session binlog_format = 'STATEMENT'", "insert into shop.t values (1)");
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set session binlog_format = 'STATEMENT'");
            statement.execute("insert into shop.t values (2)");
            assertThat(readings.readAll(from, "bank.t").changes()).isEmpty();
            statement.execute("insert into bank.t values (1, 2)");
        }
        Readings.failsWith(Kind.SETTING, () -> readings.readAll(from, "bank.t"), "without its rows", "bank.t");

        Position then = readings.now();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set session binlog_row_image = 'MINIMAL'");
            statement.execute("update bank.t set a = 3");
        }
        Readings.failsWith(Kind.SETTING, () -> readings.readAll(then, "bank.t"), "lack column", "binlog_row_image");
    }

    @Test
    void aListenerThatCannotGoOnEndsTheStream() throws Exception {
        server.execute("create table bank.t (id int primary key)");
        Position from = readings.now();
        server.execute("insert into bank.t values (1)");
        ChangeListener interrupted = new ChangeListener() {
            @Override
            public void begin(String id, Instant committedAt) throws InterruptedException {
                throw new InterruptedException("enough");
            }

            @Override
            public void change(RowChange change) {}

            @Override
            public void commit(Position behind) {}

            @Override
            public void advanced(Position to) {}
        };
        try (MariaDbSource source = readings.source("bank.t")) {
            assertThatThrownBy(() -> source.stream(from, interrupted)).isInstanceOf(InterruptedException.class);
        }
    }
}
