// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.awaitility.Awaitility.await;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A real PostgreSQL, sources of it, and what they tell. */
abstract class RunningPostgres {
    static EmbeddedPostgres postgres;
    private static Connection connection;

    final WholeContracts contracts = new WholeContracts();
    final Recorder recorder = new Recorder(contracts);
    private final List<PostgresSource> open = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_wal_size", "64MB")
                .setServerConfig("min_wal_size", "32MB")
                .start();
        connection = postgres.getPostgresDatabase().getConnection();
        execute("alter role postgres set synchronous_commit=on", "create role reader login password 'x'");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        postgres.close();
    }

    @BeforeEach
    void clear() throws Exception {
        execute("drop schema public cascade", "create schema public", "grant all on schema public to reader");
    }

    @AfterEach
    void close() throws Exception {
        open.forEach(PostgresSource::close);
        await().until(() ->
                read("select count(*) from pg_replication_slots where active").equals("0"));
        execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots",
                "drop publication if exists cap");
    }

    static void execute(String... commands) throws Exception {
        try (Statement statement = connection.createStatement()) {
            for (String sql : commands) {
                statement.execute(sql);
            }
        }
    }

    static String read(String query) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : "none";
        }
    }

    PostgresSource source(String... tables) {
        return sourceOf("postgres", tables);
    }

    PostgresSource sourceOf(String user, String... tables) {
        PostgresSource source = new PostgresSource(
                new PostgresSettings(
                        "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                        user,
                        "x",
                        "cap",
                        "cap",
                        List.of(tables),
                        1),
                contracts,
                InstantSource.system());
        open.add(source);
        return source;
    }

    CompletableFuture<Void> stream(PostgresSource source, Position from) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        source.stream(from, recorder);
                        end.complete(null);
                    } catch (Throwable e) {
                        end.completeExceptionally(e);
                    }
                },
                "stream");
        reader.start();
        return end;
    }

    /** Waits for so many changes, or the reason why there are none. */
    void awaitChanges(CompletableFuture<Void> stream, int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> stream.isDone() || recorder.changes.size() >= count);
        if (recorder.changes.size() < count) {
            stream.join();
        }
        await().until(() ->
                stream.isDone() || recorder.told.get(recorder.told.size() - 1).equals("commit"));
    }

    static SourceFailure failure(CompletableFuture<Void> stream) {
        await().until(stream::isDone);
        return (SourceFailure) stream.handle((none, e) -> e).join();
    }

    /** Ends the stream as a killed process would, and waits until the server has seen it. */
    void stop(PostgresSource source) {
        source.close();
        await().until(() ->
                read("select count(*) from pg_replication_slots where active").equals("0"));
    }
}
