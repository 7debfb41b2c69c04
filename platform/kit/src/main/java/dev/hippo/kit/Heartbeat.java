// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.ServiceHealth;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the hippo's vitals once a second, for {@code /health}, and sends them to {@code service-health}. A Kafka that is down costs heartbeats and nothing
 * else: sending has its own thread, a small buffer and short time-outs.
 */
final class Heartbeat implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Logger log = LoggerFactory.getLogger(Heartbeat.class);

    private final HippoContext context;
    private final int port;
    private final Instant startedAt;
    private final RateMeter in = new RateMeter();
    private final RateMeter out = new RateMeter();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "vitals"));
    private final ScheduledExecutorService sender =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "heartbeat"));
    private final KafkaProducer<byte[], byte[]> producer;
    private volatile String state = "running";
    private volatile Vitals vitals;
    private boolean kafkaAnswers = true;

    Heartbeat(HippoContext context, int port, Instant startedAt) {
        this.context = context;
        this.port = port;
        this.startedAt = startedAt;
        this.vitals = take(startedAt, startedAt);
        Map<String, Object> client =
                context.kafka().clientProperties("heartbeat-" + context.hippo().name());
        client.putAll(Map.of(
                "max.block.ms",
                500,
                "buffer.memory",
                1 << 20,
                "batch.size",
                4 << 10,
                "delivery.timeout.ms",
                3_000,
                "request.timeout.ms",
                2_000,
                "linger.ms",
                0,
                "enable.idempotence",
                false,
                "acks",
                "1"));
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
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

    /** Says that the service has stopped, as the last heartbeat. Takes half a second at most when Kafka is down. */
    void stopped() {
        timer.shutdownNow();
        sender.shutdownNow();
        send("stopped", "");
    }

    /** Says as the last heartbeat why the service cannot go on. Takes half a second at most when Kafka is down. */
    void failed(String reason) {
        timer.shutdownNow();
        sender.shutdownNow();
        send("failed", reason);
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
                .put("sent_at", at.toString());
        try {
            producer.send(
                    new ProducerRecord<>(
                            ControlTopics.SERVICE_HEALTH,
                            now.name().getBytes(StandardCharsets.UTF_8),
                            json.toString().getBytes(StandardCharsets.UTF_8)),
                    (metadata, failure) -> kafkaAnswers(failure == null));
        } catch (KafkaException e) {
            kafkaAnswers(false);
        }
    }

    private synchronized void kafkaAnswers(boolean answers) {
        if (answers != kafkaAnswers) {
            kafkaAnswers = answers;
            if (answers) {
                log.info("Kafka takes heartbeats again");
            } else {
                log.warn("Kafka does not take heartbeats; the work goes on");
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        sender.shutdownNow();
        producer.close(Duration.ofMillis(500));
    }
}
