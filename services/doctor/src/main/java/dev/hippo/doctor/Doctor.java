// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.doctor.api.Access;
import dev.hippo.doctor.api.ApiPort;
import dev.hippo.doctor.api.JobServer;
import dev.hippo.doctor.api.OldApi;
import dev.hippo.doctor.api.ServiceApi;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.feed.StatusFeed;
import dev.hippo.doctor.replay.Replays;
import dev.hippo.doctor.store.Database;
import dev.hippo.doctor.store.Pruning;
import dev.hippo.doctor.store.ReplayBook;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.doctor.store.StatusWriter;
import dev.hippo.doctor.supervision.Supervision;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HttpPort;
import dev.hippo.kit.Progress;
import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one pipeline's status and answers about it. {@link #run} is the work; {@link #stop} is for any thread. */
final class Doctor implements AutoCloseable {
    /** The Doctor's name among the processes. */
    static final String NAME = "doctor";

    private static final Logger log = LoggerFactory.getLogger(Doctor.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PRUNE_INTERVAL = Duration.ofHours(1);
    private static final int KEEP_DAYS = 90;
    private static final int THREADS = 4;

    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Progress progress = new Progress();
    private final Database database;
    private final Orders orders;
    private final Replays replays;
    private final StatusFeed feed;
    private final Duration keep;
    private final HttpPort http;
    private final Supervision supervision;
    private final ScheduledExecutorService housekeeping = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Opens the database and the port.
     *
     * @throws HippoFailure if the database cannot be used or no port is free
     * @throws IOException if the embedded broker was never started, or the state folder cannot be written
     */
    Doctor(PipelineSpec pipeline, StateFolder state, Map<String, String> environment, InstantSource clock)
            throws HippoFailure, IOException {
        this.pipeline = pipeline;
        this.state = state;
        this.clock = clock;
        this.startedAt = clock.instant();
        KafkaConnection kafka = KafkaConnection.of(pipeline, state);
        this.database = Database.open(
                environment.getOrDefault(
                        "HIPPO_DOCTOR_DATABASE", Database.embedded(state.root().resolve(NAME))),
                environment.getOrDefault("HIPPO_DOCTOR_USER", ""),
                environment.getOrDefault("HIPPO_DOCTOR_PASSWORD", ""),
                pipeline.name());
        this.orders = new Orders(kafka);
        this.replays =
                new Replays(kafka, new ReplayBook(database, UUID.randomUUID().toString()), clock);
        this.feed = new StatusFeed(kafka, new StatusWriter(database), pipeline, progress);
        String host = environment.getOrDefault("HIPPO_DOCTOR_HOST", LOOPBACK);
        Access access = Access.of(host, environment.getOrDefault("HIPPO_DOCTOR_TOKEN", ""));
        this.keep = keep(environment.getOrDefault("HIPPO_DOCTOR_KEEP", KEEP_DAYS + "d"));
        this.http = port(host);
        http.answer("/health", "application/json", this::health);
        this.supervision =
                new Supervision(kafka, pipeline, "doctor-" + Whereabouts.shortName(state), http.port(), clock);
        JobServer server = new JobServer(pipeline, database, kafka, orders, replays, clock);
        ServiceApi services = new ServiceApi(pipeline, new StatusReader(database), supervision, clock);
        http.handle(ApiPort.ROOT, new ApiPort(server, services, access));
        http.handle(OldApi.ROOT, new OldApi(pipeline, services, access, host + ":" + http.port()));
    }

    /** The port of the last start as long as nobody else has taken it, so that clients find the API again; else a free one. */
    private HttpPort port(String host) throws HippoFailure, IOException {
        Path file = state.run().resolve(NAME + ".port");
        String last = Files.exists(file) ? Files.readString(file).strip() : "";
        HttpPort opened;
        try {
            opened = HttpPort.open(host, last.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(last) : 0, THREADS);
        } catch (HippoFailure | IllegalArgumentException e) {
            opened = HttpPort.open(host, 0, THREADS);
        }
        Files.writeString(file, Integer.toString(opened.port()));
        return opened;
    }

    /** How long what has ended is kept; never for nothing. */
    private static Duration keep(String text) throws HippoFailure {
        if (!text.matches("[1-9][0-9]{0,4}d")) {
            throw new HippoFailure("HIPPO_DOCTOR_KEEP must be days such as " + KEEP_DAYS + "d, not '" + text + "'");
        }
        return Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)));
    }

    private void prune() {
        try {
            int missions = new Pruning(database).prune(clock.instant().minus(keep));
            if (missions > 0) {
                log.info("Took away what ended long ago missions={}", missions);
            }
        } catch (SQLException e) {
            log.warn("What ended long ago was not taken away, trying again in an hour", e);
        }
    }

    private String health() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("name", NAME)
                .put("kind", NAME)
                .put("pipeline", pipeline.name())
                .put("state", "running")
                .put("pid", ProcessHandle.current().pid())
                .put("port", http.port())
                .put("startedAt", startedAt.toString())
                .put("position", feed.trouble())
                .put("in", progress.in())
                .put("out", progress.out())
                .put("rejected", progress.rejected())
                .put("lag", progress.lag())
                .toString();
    }

    /** Says that it is ready, and works until {@link #stop}. */
    void run() throws IOException, InterruptedException {
        Path file = state.run().resolve(NAME + ".json");
        Path half = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                half,
                JsonNodeFactory.instance
                        .objectNode()
                        .put("name", NAME)
                        .put("kind", NAME)
                        .put("pid", ProcessHandle.current().pid())
                        .put("port", http.port())
                        .put("startedAt", clock.instant().toString())
                        .toString());
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        log.info("Running on port {}", http.port());
        housekeeping.scheduleAtFixedRate(this::prune, 0, PRUNE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        feed.run();
        log.info("Stopping, as asked");
        Files.deleteIfExists(file);
    }

    void stop() {
        feed.stop();
    }

    @Override
    public void close() {
        http.close();
        supervision.close();
        housekeeping.shutdownNow();
        replays.close();
        orders.close();
        database.close();
    }
}
