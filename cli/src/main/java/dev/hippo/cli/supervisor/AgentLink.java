// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.kit.HeartbeatProducer;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.ServiceHealth;
import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * An agent's line to Kafka: hears what it shall run, tells what it does, once a second and at every change. A Kafka that is away costs news and heartbeats, nothing
 * else. The supervisor's loop owns it; its own threads are inside.
 */
final class AgentLink implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);

    private final KafkaConnection kafka;
    private final PipelineSpec pipeline;
    private final Agent agent;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Map<String, Assignment> known = new LinkedHashMap<>();
    private final HeartbeatProducer heartbeat;
    private final ScheduledExecutorService sender =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "agent-heartbeat"));
    private @Nullable Hearing hearing;
    private volatile @Nullable AgentReport report;
    private volatile boolean replaced;

    private AgentLink(KafkaConnection kafka, PipelineSpec pipeline, Agent agent, InstantSource clock) {
        this.kafka = kafka;
        this.pipeline = pipeline;
        this.agent = agent;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.heartbeat = new HeartbeatProducer(kafka, clientId());
    }

    /**
     * Reads what is assigned, and writes down what this agent takes for itself.
     *
     * @throws KafkaUnavailable if Kafka does not give and take that within 30 s
     */
    static AgentLink open(KafkaConnection kafka, PipelineSpec pipeline, Agent agent, InstantSource clock)
            throws KafkaUnavailable {
        AgentLink link = new AgentLink(kafka, pipeline, agent, clock);
        try {
            link.hear();
            link.sender.scheduleAtFixedRate(link::send, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            return link;
        } catch (KafkaUnavailable | RuntimeException e) {
            link.close();
            throw e;
        }
    }

    private void hear() throws KafkaUnavailable {
        AssignmentLog assignments = AssignmentLog.open(kafka, clientId(), pipeline.name());
        try {
            readAll(assignments);
            for (Assignment written : AssignmentLog.write(kafka, clientId(), claims())) {
                known.put(written.service(), written);
            }
        } catch (KafkaException e) {
            assignments.close();
            throw new KafkaUnavailable("Kafka does not say what shall run where: " + e.getMessage(), e);
        } catch (KafkaUnavailable | RuntimeException e) {
            assignments.close();
            throw e;
        }
        hearing = new Hearing(
                Hearing.Source.of(assignments),
                last -> Hearing.Source.of(AssignmentLog.open(kafka, clientId(), pipeline.name(), last)),
                INTERVAL);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private String clientId() {
        return "agent-" + agent.name();
    }

    private void readAll(AssignmentLog assignments) throws KafkaUnavailable {
        Instant until = clock.instant().plus(READ_LIMIT);
        while (!assignments.atEnd()) {
            if (clock.instant().isAfter(until)) {
                throw new KafkaUnavailable(
                        "Kafka did not say within " + READ_LIMIT.toSeconds() + " s what shall run where", null);
            }
            assignments.poll(Duration.ofMillis(200)).forEach(assignment -> known.put(assignment.service(), assignment));
        }
    }

    /** What is written at the start: that this agent has its name, and what it takes over. */
    private List<Assignment> claims() {
        List<Assignment> claims = new ArrayList<>();
        Assignment before = known.get(agent.registration());
        boolean same = before != null && before.by().equals(agent.instance());
        if (!same) {
            claims.add(Assignment.of(
                    pipeline.name(),
                    agent.registration(),
                    agent.name(),
                    true,
                    agent.instance(),
                    "the agent has started",
                    clock.instant()));
        }
        for (String hippo : pipeline.hippos().keySet()) {
            Assignment now = known.get(hippo);
            boolean mine = now != null && now.running() && now.agent().equals(agent.name());
            boolean take = agent.duty() == Agent.Duty.ALL ? !mine || !same : mine && !same;
            if (take) {
                claims.add(Assignment.of(
                        pipeline.name(),
                        hippo,
                        agent.name(),
                        true,
                        agent.name(),
                        agent.duty() == Agent.Duty.ALL ? "'hippo up' runs everything" : "the agent has moved",
                        clock.instant()));
            }
        }
        return claims;
    }

    /** What this agent runs, as it was known when the link was opened. */
    Map<String, Assignment> mine() {
        Map<String, Assignment> mine = new LinkedHashMap<>();
        known.forEach((service, assignment) -> {
            if (isMine(assignment) && pipeline.hippos().containsKey(service)) {
                mine.put(service, assignment);
            }
        });
        return mine;
    }

    /** Whether this agent shall run it. */
    boolean isMine(Assignment assignment) {
        return assignment.running() && assignment.agent().equals(agent.name());
    }

    /**
     * The next assignment that was not known; null when there is none now.
     *
     * @throws KafkaUnavailable if no more can be heard
     */
    @Nullable
    Assignment news() throws KafkaUnavailable {
        while (true) {
            Assignment next = hearing == null ? null : hearing.news();
            if (next == null) {
                return null;
            }
            Assignment before = known.get(next.service());
            if (before == null || before.epoch() < next.epoch()) {
                known.put(next.service(), next);
                return next;
            }
        }
    }

    /** Whether an assignment says that another agent has taken the name of this one, which then says nothing more under it. */
    boolean replaces(Assignment assignment) {
        boolean taken = assignment.service().equals(agent.registration())
                && !assignment.by().equals(agent.instance());
        if (taken) {
            replaced = true;
        }
        return taken;
    }

    /** What a person should know of the line itself; null when there is nothing. */
    @Nullable
    String trouble() {
        Hearing hears = hearing;
        return hears == null ? null : hears.trouble();
    }

    /** Tells from now on, and at once when it is new. */
    void report(List<AgentReport.Run> runs) {
        AgentReport now = new AgentReport(
                agent.name(), agent.labels(), runs, pipeline.hippos().keySet());
        if (!now.equals(report)) {
            report = now;
            sender.execute(this::send);
        }
    }

    private void send() {
        send("running");
    }

    private void send(String state) {
        AgentReport now = report;
        if (now != null && !replaced) {
            Instant at = clock.instant();
            heartbeat.send(now.into(ServiceHealth.of(
                                    now.heartbeatName(),
                                    pipeline.folder().toString(),
                                    ProcessHandle.current().pid(),
                                    Duration.between(startedAt, at),
                                    INTERVAL,
                                    "")
                            .put("pipeline", pipeline.name())
                            .put("state", state))
                    .put("sent_at", at.toString()));
        }
    }

    /** Says as the last heartbeat that the agent has stopped, so that others get its services at once. */
    @Override
    public void close() {
        if (hearing != null) {
            hearing.close();
        }
        sender.shutdownNow();
        report = report == null ? null : new AgentReport(agent.name(), agent.labels(), List.of());
        send("stopped");
        heartbeat.close();
    }
}
