// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;

/** Sources of one server, and what they tell. */
final class Readings {
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final MariaDbServer server;
    private final TableMessages messages = new TableMessages();

    Readings(MariaDbServer server) {
        this.server = server;
    }

    TableMessages messages() {
        return messages;
    }

    /** Empty schemas {@code bank} and {@code shop}, and the settings of the beginning. */
    void begin() throws Exception {
        server.execute(
                "set global binlog_row_metadata = 'NO_LOG'",
                "drop database if exists bank",
                "drop database if exists shop",
                "create database bank character set utf8mb4",
                "create database shop");
    }

    MariaDbSource source(String... tables) {
        return sourceAs(MariaDbServer.USER, MariaDbServer.PASSWORD, 4711, tables);
    }

    MariaDbSource sourceAs(String user, String password, long serverId, String... tables) {
        return new MariaDbSource(
                new MariaDbSettings(server.url(), user, password, List.of(tables), serverId, 0), messages);
    }

    Position now() throws Exception {
        try (MariaDbSource source = source("bank.*")) {
            return source.now();
        }
    }

    Stream stream(Position from, String... tables) {
        return new Stream(source(tables), from);
    }

    /** All that is in the log now. */
    Recorder readAll(Position from, String... tables) throws Exception {
        try (Stream stream = stream(from, tables)) {
            return stream.readAll();
        }
    }

    List<String> words(List<RowChange> changes) {
        return changes.stream().map(this::words).toList();
    }

    String words(RowChange change) {
        return change.op() + " " + change.table().fullName()
                + (change.before() == null ? "" : " " + messages.values(change.table(), change.before()))
                + (change.after() == null ? "" : " -> " + messages.values(change.table(), change.after()));
    }

    static void failsWith(Kind kind, ThrowingCallable call, String... words) {
        assertThatThrownBy(call).satisfies(thrown -> {
            Throwable failure = thrown instanceof ExecutionException ? thrown.getCause() : thrown;
            assertThat(failure)
                    .asInstanceOf(type(SourceFailure.class))
                    .extracting(SourceFailure::kind)
                    .isEqualTo(kind);
            assertThat(failure.getMessage()).contains(words);
        });
    }

    /** A stream on a thread of its own. */
    final class Stream implements AutoCloseable {
        private final MariaDbSource source;
        private final Recorder recorder;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        private Stream(MariaDbSource source, Position from) {
            this.source = source;
            this.recorder = new Recorder(from);
            Thread thread = new Thread(
                    () -> {
                        try {
                            source.stream(from, recorder);
                            ended.complete(null);
                        } catch (SourceFailure | InterruptedException | RuntimeException | Error e) {
                            ended.completeExceptionally(e);
                        }
                    },
                    "stream");
            thread.start();
        }

        Recorder recorder() {
            return recorder;
        }

        void awaitEnd() throws Exception {
            ended.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        }

        /** All that is in the log now. */
        Recorder readAll() throws Exception {
            Position end = now();
            Awaitility.await()
                    .atMost(LONGEST)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> ended.isDone() || recorder.reached().compareTo(end) >= 0);
            if (ended.isCompletedExceptionally()) {
                awaitEnd();
            }
            return recorder;
        }

        /** Without looking whether it has failed. */
        @Override
        public void close() {
            source.close();
            Awaitility.await().atMost(LONGEST).until(ended::isDone);
        }
    }
}
