// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.mariadb.Recorder.Transaction;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceTable.Column;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MariaDbSourceIT {
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
    void transactionsAreToldWholeAndInOrderAcrossTables() throws Exception {
        server.execute(
                "create table bank.accounts (id int primary key, balance int)",
                "create table bank.transfers (id int primary key, amount int)",
                "create table shop.other (id int primary key)");
        Position from = readings.now();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < 100; i++) {
                statement.execute("insert into bank.accounts values (" + i + ", 0)");
                statement.execute("insert into bank.transfers values (" + i + ", 7), (" + (1000 + i) + ", 7)");
                statement.execute("update bank.accounts set balance = balance + 7 where id = " + i);
                connection.commit();
                statement.execute("insert into shop.other values (" + i + ")");
                connection.commit();
                statement.execute("delete from bank.accounts where id < 0");
                statement.execute("insert into bank.accounts values (-1, 0)");
                connection.rollback();
            }
        }

        Recorder recorder = readings.readAll(from, "bank.*");

        assertThat(recorder.transactions()).hasSize(100);
        assertThat(recorder.advances()).isGreaterThanOrEqualTo(100);
        for (int i = 0; i < 100; i++) {
            Transaction transaction = recorder.transactions().get(i);
            assertThat(transaction.id()).matches("0-1-\\d+");
            assertThat(transaction.committedAt()).isAfter("2020-01-01T00:00:00Z");
            assertThat(readings.words(transaction.changes()))
                    .containsExactly(
                            "CREATE bank.accounts -> {balance=0, id=" + i + "}",
                            "CREATE bank.transfers -> {amount=7, id=" + i + "}",
                            "CREATE bank.transfers -> {amount=7, id=" + (1000 + i) + "}",
                            "UPDATE bank.accounts {balance=0, id=" + i + "} -> {balance=7, id=" + i + "}");
        }
        RowChange update = recorder.transactions().get(5).changes().get(3);
        assertThat(readings.messages().values(update.table(), update.key())).isEqualTo(Map.of("id", "5"));
        assertThat(update.table().key()).containsExactly("id");
    }

    @Test
    void aReaderGoesOnBehindEachTransaction() throws Exception {
        server.execute("create table bank.t (id int primary key)");
        Position from = readings.now();
        for (int i = 0; i < 6; i++) {
            server.execute("insert into bank.t values (" + i + ")");
            if (i == 3) {
                server.execute("flush binary logs");
            }
        }
        Recorder all = readings.readAll(from, "bank.t");
        assertThat(all.transactions()).hasSize(6);
        for (int i = 0; i < 6; i++) {
            Position behind = all.transactions().get(i).behind();
            Recorder rest = readings.readAll(behind, "bank.t");
            assertThat(rest.transactions().stream().map(Transaction::id))
                    .isEqualTo(all.transactions().subList(i + 1, 6).stream()
                            .map(Transaction::id)
                            .toList());
        }
        try (MariaDbSource source = readings.source("bank.t")) {
            assertThat(source.describe(from)).matches("file \\d+, offset \\d+");
        }
    }

    @Test
    void aKeyThatChangesIsARowThatGoesAndOneThatComes() throws Exception {
        server.execute(
                "create table bank.t (a int, b varchar(10), c int, primary key (b, a))",
                "create table bank.u (a int not null, b int, unique (b), unique (a))",
                "create table bank.n (a int, b int, unique (b))");
        Position from = readings.now();
        server.execute(
                "insert into bank.t values (1, 'x', 5)",
                "update bank.t set a = 2",
                "update bank.t set c = 6",
                "delete from bank.t",
                "insert into bank.u values (1, null)",
                "insert into bank.n values (1, null), (1, null)",
                "update bank.n set a = 2 limit 1");

        List<RowChange> changes = readings.readAll(from, "bank.*").changes();

        assertThat(readings.words(changes))
                .containsExactly(
                        "CREATE bank.t -> {a=1, b=x, c=5}",
                        "DELETE bank.t {a=1, b=x, c=5}",
                        "CREATE bank.t -> {a=2, b=x, c=5}",
                        "UPDATE bank.t {a=2, b=x, c=5} -> {a=2, b=x, c=6}",
                        "DELETE bank.t {a=2, b=x, c=6}",
                        "CREATE bank.u -> {a=1}",
                        "CREATE bank.n -> {a=1}",
                        "CREATE bank.n -> {a=1}",
                        "UPDATE bank.n {a=1} -> {a=2}");
        assertThat(readings.messages()
                        .values(changes.get(1).table(), changes.get(1).key()))
                .isEqualTo(Map.of("a", "1", "b", "x"));
        assertThat(changes.get(5).table().key()).containsExactly("a");
        assertThat(changes.get(6).key()).isNull();
    }

    @Test
    void oddNamesAndLongRows() throws Exception {
        server.execute(
                "create table bank.`odd ``na.me\"ü` (`id` int primary key, `select` int, `a b` int)",
                "create table bank.long_rows (id int primary key, t longtext, b longblob, v varchar(300), w char(200))");
        Position from = readings.now();
        server.execute(
                "insert into bank.`odd ``na.me\"ü` values (1, 2, 3)",
                "insert into bank.long_rows values (1, repeat('ü', 600000), repeat(x'00ff', 9000000), repeat('v', 300), 'w')",
                "update bank.long_rows set v = null");

        List<RowChange> changes = readings.readAll(from, "bank.*").changes();

        assertThat(readings.words(changes.get(0))).isEqualTo("CREATE bank.odd `na.me\"ü -> {id=1, select=2}");
        Map<String, String> row = readings.messages()
                .values(changes.get(1).table(), changes.get(1).after());
        assertThat(row.get("t")).isEqualTo("ü".repeat(600_000));
        assertThat(row.get("b")).isEqualTo("00ff".repeat(9_000_000));
        assertThat(row).containsEntry("v", "v".repeat(300)).containsEntry("w", "w");
        assertThat(readings.messages()
                        .values(changes.get(2).table(), changes.get(2).after()))
                .containsEntry("t", "ü".repeat(600_000))
                .doesNotContainKey("v");
    }

    @Test
    void truncatedAndDroppedTablesAreTold() throws Exception {
        server.execute("create table bank.t (id int primary key)", "create table shop.t (id int primary key)");
        Position from = readings.now();
        server.execute("insert into bank.t values (1)");
        try (Readings.Stream stream = readings.stream(from, "bank.*")) {
            stream.readAll();
            server.execute(
                    "truncate table bank.t",
                    "truncate table shop.t",
                    "insert into bank.t values (2)",
                    "drop table bank.t");
            stream.readAll();
            server.execute("create table bank.t (id int primary key, n int)", "insert into bank.t values (3, 4)");
            assertThat(readings.words(stream.readAll().changes()))
                    .containsExactly(
                            "CREATE bank.t -> {id=1}",
                            "TRUNCATE bank.t",
                            "CREATE bank.t -> {id=2}",
                            "TRUNCATE bank.t",
                            "CREATE bank.t -> {id=3, n=4}");
        }
    }

    @Test
    void anAlterTableInFlightIsANewVersion() throws Exception {
        server.execute("create table bank.t (id int primary key, a int)");
        Position from = readings.now();
        try (Readings.Stream stream = readings.stream(from, "bank.t")) {
            server.execute("insert into bank.t values (1, 2)");
            stream.readAll();
            server.execute(
                    "alter table bank.t add column b varchar(5) first, drop column a",
                    "insert into bank.t values ('x', 2)");
            Recorder recorder = stream.readAll();
            assertThat(readings.words(recorder.changes()))
                    .containsExactly("CREATE bank.t -> {a=2, id=1}", "CREATE bank.t -> {b=x, id=2}");
            assertThat(recorder.changes().get(1).table().columns())
                    .extracting(Column::name)
                    .containsExactly("b", "id");
        }
    }

    @Test
    void anAlterTableWhileNobodyReadsIsToldIfTheLogHasNames() throws Exception {
        server.execute(
                "set global binlog_row_metadata = 'FULL'",
                "create table bank.t (id int unsigned primary key, a int, n varchar(9) character set latin1, u uuid,"
                        + " m varchar(9), e enum('x', 'ü'))");
        Position from = readings.now();
        server.execute(
                "insert into bank.t values (4000000000, 2, 'ä', '123e4567-e89b-12d3-a456-426614174000', 'ö', 'ü')",
                "alter table bank.t change a b bigint, drop column n",
                "insert into bank.t values (2, -3, null, 'm', 'x')",
                "update bank.t set e = 'x'",
                "alter table bank.t modify e enum('new', 'x')",
                "insert into bank.t values (3, -3, null, 'm', 'x')",
                "drop table bank.t");

        Recorder recorder = readings.readAll(from, "bank.t");

        assertThat(readings.words(recorder.changes()))
                .contains("CREATE bank.t -> {b=-3, e=x, id=2, m=m}")
                .endsWith("CREATE bank.t -> {b=-3, e=x, id=3, m=m}", "TRUNCATE bank.t");
        assertThat(readings.words(recorder.changes().get(0)))
                .startsWith("CREATE bank.t -> {a=2, e=ü, id=4000000000, m=ö, n=ä, u=");
        assertThat(recorder.changes().get(0).table().key()).containsExactly("id");
    }

    @Test
    void aSnapshotAndTheStreamBehindItAreTheTable() throws Exception {
        server.execute("create table bank.t (id int primary key, n int)");
        CompletableFuture<Void> writer = new CompletableFuture<>();
        CompletableFuture<Void> stop = new CompletableFuture<>();
        Thread writing = new Thread(
                () -> {
                    try (Connection connection = server.connect();
                            Statement statement = connection.createStatement()) {
                        for (int i = 0; !stop.isDone(); i++) {
                            statement.execute("insert into bank.t values (" + i + ", 0)");
                            statement.execute("update bank.t set n = n + 1 where id = " + i / 2);
                            statement.execute("delete from bank.t where id = " + i / 3);
                        }
                        writer.complete(null);
                    } catch (SQLException e) {
                        writer.completeExceptionally(e);
                    }
                },
                "writer");
        writing.start();
        SnapshotRows rows = new SnapshotRows(readings.messages());
        MariaDbSource source = readings.source("bank.t");
        Position begin = readings.now();
        Awaitility.await()
                .atMost(Readings.LONGEST)
                .until(() -> LogPlace.of(readings.now()).offset()
                        > LogPlace.of(begin).offset() + 50_000);
        Position at = source.snapshot(source.tables(), rows);
        assertThat(rows.at()).isEqualTo(at);
        assertThat(rows.isWhole()).isTrue();
        int told = rows.size();
        try (Readings.Stream stream = readings.stream(at, "bank.t")) {
            Awaitility.await()
                    .atMost(Readings.LONGEST)
                    .until(() -> stream.recorder().changes().size() > 100);
            stop.complete(null);
            writer.get(2, TimeUnit.MINUTES);
            stream.readAll().changes().forEach(rows::apply);
        }
        assertThat(told).isPositive();
        List<String> there = new ArrayList<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet all = statement.executeQuery("select id, n from bank.t")) {
            while (all.next()) {
                there.add("{id=" + all.getInt(1) + ", n=" + all.getInt(2) + "}");
            }
        }
        assertThat(rows.values()).containsExactlyInAnyOrderElementsOf(there);
    }
}
