// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.ServiceHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Takes the hippo's vitals once a second, for {@code /health}, and sends them to {@code service-health}. A Kafka that is down costs heartbeats and nothing
 * else: sending has its own thread, a small buffer and short time-outs.
 */
final class Heartbeat implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final HippoContext context;
    private final int port;
    private final Instant startedAt;
    private final RateMeter in = new RateMeter();
    private final RateMeter out = new RateMeter();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "vitals"));
    private final ScheduledExecutorService sender =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "heartbeat"));
    private final HeartbeatProducer producer;
    private volatile String state = "running";
    private volatile Vitals vitals;

    Heartbeat(HippoContext context, int port, Instant startedAt) {
        this.context = context;
        this.port = port;
        this.startedAt = startedAt;
        this.vitals = take(startedAt, startedAt);
        this.producer = new HeartbeatProducer(context.kafka(), context.hippo().name());
        timer.scheduleAtFixedRate(this::tick, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        sender.scheduleAtFixedRate(this::send, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    Vitals vitals() {
        return vitals;
    }

    void state(String now) {
        state = now;
    }

    /**
     * Says how the service ended, as the last heartbeat. Takes half a second at most when Kafka is down.
     *
     * @param error why it could not go on; empty when it was asked to stop
     */
    void last(String how, String error) {
        timer.shutdownNow();
        sender.shutdownNow();
        send(how, error);
    }

    private void tick() {
        Vitals before = vitals;
        Progress progress = context.progress();
        Instant now = context.clock().instant();
        boolean moved = before.in() != progress.in()
                || before.out() != progress.out()
                || before.rejected() != progress.rejected()
                || !before.position().equals(progress.position());
        vitals = take(now, moved ? now : before.lastProgress());
    }

    private Vitals take(Instant now, Instant lastProgress) {
        Progress progress = context.progress();
        return new Vitals(
                context.hippo().name(),
                context.hippo().kind().word(),
                context.pipeline().name(),
                state,
                ProcessHandle.current().pid(),
                port,
                startedAt,
                progress.position(),
                progress.in(),
                progress.out(),
                progress.rejected(),
                in.sample(now, progress.in()),
                out.sample(now, progress.out()),
                progress.lag(),
                lastProgress);
    }

    private void send() {
        send(state, "");
    }

    private void send(String stateNow, String error) {
        Vitals now = vitals;
        Instant at = context.clock().instant();
        ObjectNode json = ServiceHealth.of(
                now.name(),
                context.pipeline().folder().toString(),
                now.pid(),
                Duration.between(startedAt, at),
                INTERVAL,
                error);
        json.put("kind", now.kind())
                .put("pipeline", now.pipeline())
                .put("state", stateNow)
                .put("port", now.port())
                .put("position", now.position())
                .put("in", now.in())
                .put("out", now.out())
                .put("rejected", now.rejected())
                .put("rate_in", now.rateIn())
                .put("rate_out", now.rateOut())
                .put("lag", now.lag())
                .put("last_progress", now.lastProgress().toString())
                .put("epoch", context.epoch())
                .put("sent_at", at.toString());
        producer.send(json);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        sender.shutdownNow();
        producer.close();
    }
}
