// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.kit.HeartbeatProducer;
import dev.hippo.kit.SteadyClock;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.ServiceHealth;
import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches heartbeats and assignments, and orders what the {@link Ward} decides as long as this Doctor leads. It sends a heartbeat of its own: when that does not come
 * back from Kafka, it is Kafka or the way to it that is ill, and nobody else is judged. Its thread owns the ward; views and orders are for any thread.
 */
public final class Supervision implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Supervision.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TopicPartition ASSIGNMENTS = new TopicPartition(ControlTopics.SERVICES, 0);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration BEAT = Duration.ofSeconds(1);
    /** Without its own heartbeat for so long the Doctor believes nothing of what it does not hear. */
    private static final Duration DEAF_AFTER = Duration.ofSeconds(3);

    private final KafkaConnection kafka;
    private final PipelineSpec pipeline;
    private final String doctor;
    private final int port;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Leadership leadership;
    private final Dispatch dispatch;
    private final HeartbeatProducer heartbeat;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    /** Held from deciding to having written: what one order decides is known to the next. Taken before the lock. */
    private final Object ordering = new Object();

    private final Object lock = new Object();
    private Ward ward;
    /** Alerts that Kafka is not known to have; only the watching thread uses them. What was told twice is better than what was not told. */
    private final List<Alert> untold = new ArrayList<>();

    private Instant lastBeat = Instant.MIN;
    private Instant lastHeard = Instant.MIN;
    private long lastAssignment = -1;

    /**
     * Begins to watch.
     *
     * @param doctor the name of this Doctor, which no other has
     * @param port where it answers
     */
    public Supervision(KafkaConnection kafka, PipelineSpec pipeline, String doctor, int port, InstantSource clock) {
        this.kafka = kafka;
        this.pipeline = pipeline;
        this.doctor = doctor;
        this.port = port;
        this.clock = new SteadyClock(clock);
        this.startedAt = this.clock.instant();
        this.ward = deafWard();
        this.leadership = new Leadership(kafka, pipeline.name(), doctor);
        this.dispatch = new Dispatch(kafka, doctor);
        this.heartbeat = new HeartbeatProducer(kafka, doctor);
        this.thread = new Thread(this::run, "supervision");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether it is this Doctor that orders. */
    public boolean leads() {
        return leadership.leads();
    }

    /** How every service of the pipeline is. */
    public List<ServiceView> services() {
        synchronized (lock) {
            return ward.services(clock.instant());
        }
    }

    /** How every agent is that was ever given something, or heard. */
    public List<AgentView> agents() {
        synchronized (lock) {
            return ward.agents(clock.instant());
        }
    }

    /**
     * Orders that a service runs, from anew if it runs, or that it does not.
     *
     * @return what was ordered; empty when no agent has ever had the service, so that there is nobody to order it from
     * @throws KafkaUnavailable if Kafka did not say that it has the order
     */
    public Optional<Assignment> order(String service, boolean running, String reason) throws KafkaUnavailable {
        synchronized (ordering) {
            Optional<Assignment> order;
            synchronized (lock) {
                order = ward.command(service, running, reason, clock.instant());
            }
            if (order.isPresent()) {
                try {
                    dispatch.write(new Decisions(List.of(order.get()), List.of()));
                } catch (KafkaUnavailable e) {
                    synchronized (lock) {
                        ward.withdraw(order.get());
                    }
                    throw e;
                }
            }
            return order;
        }
    }

    private void run() {
        try {
            do {
                try {
                    watch();
                } catch (KafkaUnavailable | KafkaException | AssignmentLog.Remade e) {
                    synchronized (lock) {
                        ward.kafkaIsAway();
                    }
                    if (closed.getCount() > 0) {
                        log.warn("Cannot watch, trying again: {}", e.getMessage());
                    }
                }
            } while (!closed.await(1, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that knows nothing before the Doctor has heard itself. */
    private Ward deafWard() {
        Ward deaf = new Ward(pipeline, doctor, clock.instant());
        deaf.kafkaIsAway();
        return deaf;
    }

    private void watch() throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties(doctor + "-supervision");
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        // offsets that are gone are an error: what is known does not come from the topic that is there now
        client.put("auto.offset.reset", "none");
        client.put("default.api.timeout.ms", 10_000);
        client.put("allow.auto.create.topics", false);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> all = new ArrayList<>(List.of(ASSIGNMENTS));
            consumer.partitionsFor(ControlTopics.SERVICE_HEALTH)
                    .forEach(info -> all.add(new TopicPartition(info.topic(), info.partition())));
            consumer.assign(all);
            consumer.seekToEnd(all);
            consumer.seekToBeginning(List.of(ASSIGNMENTS));
            synchronized (lock) {
                ward = deafWard();
                lastHeard = Instant.MIN;
                lastAssignment = -1;
            }
            while (closed.getCount() > 0) {
                turn(consumer);
            }
        } catch (InterruptException e) {
            // closing
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private void turn(KafkaConsumer<byte[], byte[]> consumer) throws KafkaUnavailable {
        beat(clock.instant());
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(POLL);
        } catch (InvalidOffsetException e) {
            if (e.partitions().contains(ASSIGNMENTS)) {
                throw new AssignmentLog.Remade(pipeline.name(), "offset " + lastAssignment + " was read and is gone");
            }
            throw e;
        }
        synchronized (ordering) {
            Decisions decisions;
            synchronized (lock) {
                Instant now = clock.instant();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    take(record, now);
                }
                hear(now);
                if (!leadership.leads()) {
                    untold.clear();
                    return;
                }
                decisions = ward.decide(now);
            }
            untold.addAll(decisions.alerts());
            if (!untold.isEmpty() || !decisions.assignments().isEmpty()) {
                dispatch.write(new Decisions(decisions.assignments(), untold));
                untold.clear();
            }
        }
    }

    private void hear(Instant now) {
        boolean deaf = Duration.between(lastHeard, now).compareTo(DEAF_AFTER) > 0;
        if (deaf && ward.kafkaAnswers()) {
            log.warn("Kafka does not answer; nobody is judged until it does");
            ward.kafkaIsAway();
        } else if (!deaf && !ward.kafkaAnswers()) {
            log.info("Kafka answers");
            ward.kafkaIsBack(now);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Instant now) {
        try {
            if (record.topic().equals(ControlTopics.SERVICES)) {
                if (record.offset() <= lastAssignment) {
                    throw new AssignmentLog.Remade(
                            pipeline.name(), "after offset " + lastAssignment + " came offset " + record.offset());
                }
                lastAssignment = record.offset();
                Assignment assignment = Assignment.of(record);
                if (assignment.pipeline().equals(pipeline.name())) {
                    ward.assigned(assignment, now);
                }
                return;
            }
            JsonNode json = JSON.readTree(record.value());
            if (!json.path("pipeline").asText(pipeline.name()).equals(pipeline.name())) {
                return;
            }
            String kind = json.path("kind").asText();
            if (kind.equals(AgentReport.KIND)) {
                untold.addAll(ward.reported(
                        AgentReport.from(json),
                        json.path("state").asText().equals("stopped"),
                        Duration.ofMillis(Math.max(100, json.path("interval").asLong(1_000))),
                        now));
            } else if (json.path("service_name").asText().equals(doctor)) {
                // an old one, from before the Doctor was frozen, does not prove that Kafka answers now
                Instant sent = Instant.parse(json.path("sent_at").asText());
                lastHeard = sent.isAfter(lastHeard) ? sent : lastHeard;
            } else {
                ward.beats(Beat.from(json), now);
            }
        } catch (IOException | java.time.DateTimeException e) {
            // the status feed tells of what cannot be read
            log.debug("Not a heartbeat or assignment at {}-{}@{}", record.topic(), record.partition(), record.offset());
        }
    }

    private void beat(Instant now) {
        if (Duration.between(lastBeat, now).compareTo(BEAT) < 0) {
            return;
        }
        lastBeat = now;
        send(leads() ? "leading" : "standing by", now);
    }

    private void send(String state, Instant now) {
        ObjectNode json = ServiceHealth.of(
                        doctor,
                        pipeline.folder().toString(),
                        ProcessHandle.current().pid(),
                        Duration.between(startedAt, now),
                        BEAT,
                        "")
                .put("kind", "doctor")
                .put("pipeline", pipeline.name())
                .put("state", state)
                .put("port", port)
                .put("sent_at", now.toString());
        heartbeat.send(json);
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        leadership.close();
        send("stopped", clock.instant());
        dispatch.close();
        heartbeat.close();
    }
}
