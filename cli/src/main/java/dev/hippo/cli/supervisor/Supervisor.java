// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.cli.supervisor.Life.State;
import dev.hippo.kit.KeptPipeline;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.SteadyClock;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.service.Assignment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline's processes on this host: starts the broker, makes the topics, starts the hippos, brings back what dies and stops all in reverse order.
 * {@link #run} is the loop and owns everything; {@link #stop} may be called from any thread.
 */
public final class Supervisor {
    private static final long TICK_MILLIS = 50;

    private final Installation home;
    private final Deployment deployment;
    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final Agent agent;
    private final InstantSource clock;
    private final Listener listener;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<Child> children = new ArrayList<>();
    /** What an earlier supervisor has left and nothing has been done about yet. */
    private List<ProcessRecord> left = List.of();

    private final ProcessRecord.Writer written;
    private @Nullable AgentLink link;

    /** Is told what goes on; called by the loop. */
    public interface Listener {
        /** The state folder is this supervisor's, and it has started nothing yet. */
        default void begins() {}

        /** A process has moved from one state to another. */
        void moved(Instant at, String name, State from, State to, String reason);

        /** Something that a person should know. */
        void notice(String text);

        /** Every hippo runs, for the first time. */
        void allRunning();
    }

    /** Another supervisor runs this pipeline already. */
    public static final class AlreadyRunning extends Exception {
        private static final long serialVersionUID = 1L;

        AlreadyRunning(String message) {
            super(message);
        }
    }

    public Supervisor(Installation home, Deployment deployment, Agent agent, InstantSource clock, Listener listener) {
        this.home = home;
        this.deployment = deployment;
        this.pipeline = deployment.pipeline();
        this.state = deployment.state();
        this.agent = agent;
        this.clock = new SteadyClock(clock);
        this.listener = listener;
        this.written = new ProcessRecord.Writer(state, listener::notice);
    }

    /** The lock that the supervisor of a state folder holds; its text is the pid. */
    public static Path lockFile(StateFolder state) {
        return state.run().resolve("supervisor.lock");
    }

    /**
     * Supervises until {@link #stop}, then stops every process and returns.
     *
     * @throws AlreadyRunning if another supervisor has this state folder
     * @throws KafkaUnavailable if the embedded broker gave up at the start, the topics could not be made, or the log of what runs where was made anew;
     *     everything is stopped again
     */
    public void run() throws IOException, AlreadyRunning, KafkaUnavailable, InterruptedException {
        try {
            ProcessLock lock = lock();
            try {
                supervised();
            } finally {
                lock.close();
            }
        } finally {
            over.countDown();
        }
    }

    private ProcessLock lock() throws IOException, AlreadyRunning {
        Optional<ProcessLock> lock = ProcessLock.take(lockFile(state));
        if (lock.isEmpty()) {
            throw new AlreadyRunning("pipeline '" + pipeline.name() + "' is up already, under process "
                    + ProcessLock.holder(lockFile(state)) + "; 'hippo status' shows it, 'hippo down' stops it");
        }
        return lock.get();
    }

    private void supervised() throws IOException, KafkaUnavailable, InterruptedException {
        listener.begins();
        List<ProcessRecord> orphans = ProcessRecord.read(state);
        left = orphans;
        try {
            if (startBroker(orphans)) {
                makeTopics();
                AgentLink opened = AgentLink.open(KafkaConnection.of(pipeline, state), pipeline, agent, clock);
                link = opened;
                startHippos(opened, orphans);
                supervise(opened);
            }
        } finally {
            stopAll();
            if (link != null) {
                link.close();
            }
            note();
        }
    }

    /** Asks {@link #run} to stop everything and return; waits for it so long. */
    public boolean stop(Duration wait) throws InterruptedException {
        stopAsked.countDown();
        return over.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private boolean startBroker(List<ProcessRecord> orphans)
            throws IOException, InterruptedException, KafkaUnavailable {
        if (!(pipeline.kafka() instanceof KafkaSpec.Embedded embedded) || agent.duty() == Agent.Duty.ASSIGNED) {
            return true;
        }
        Child broker = child(ServiceCommand.broker(home, state, embedded.port()));
        children.add(broker);
        start(broker, orphans);
        while (broker.state() != State.RUNNING) {
            if (broker.state() == State.DEAD) {
                throw new KafkaUnavailable(
                        "the embedded Kafka did not start, and nothing runs without it; see 'hippo logs "
                                + ServiceCommand.BROKER + "', mend the cause, start again",
                        null);
            }
            if (pause()) {
                return false;
            }
            tick();
        }
        return true;
    }

    private void makeTopics() throws IOException, KafkaUnavailable {
        PipelineTopics.Report report =
                PipelineTopics.ensure(pipeline, KafkaConnection.of(pipeline, state), Duration.ofSeconds(60));
        if (!report.created().isEmpty()) {
            listener.notice("created topics " + String.join(", ", report.created()));
        }
        report.differences()
                .forEach(difference -> listener.notice("warning: " + difference
                        + "; it is used as it is, change it with Kafka's tools or change the file"));
    }

    private void startHippos(AgentLink assigned, List<ProcessRecord> orphans) {
        Map<String, Assignment> mine = assigned.mine();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            Assignment assignment = mine.get(hippo.name());
            if (assignment != null) {
                start(child(hippo, assignment.epoch()), orphans);
            }
        }
        if (agent.doctor()) {
            // last of all: nothing waits for it, and nothing stops because of it
            Child doctor = child(ServiceCommand.doctor(home, deployment));
            children.add(doctor);
            start(doctor, orphans);
        }
        for (ProcessRecord orphan : orphans) {
            if (children.stream().noneMatch(child -> child.name().equals(orphan.name()))) {
                orphan.living().ifPresent(process -> {
                    listener.notice("stopping '" + orphan.name() + "', which is no longer to run here");
                    Child.end(process);
                });
            }
        }
        left = List.of();
    }

    private Child child(HippoSpec hippo, long epoch) {
        Child child = child(ServiceCommand.hippo(home, deployment, hippo, epoch));
        child.epoch(epoch);
        children.add(child);
        return child;
    }

    private Child child(ServiceCommand command) {
        return new Child(command, state.logs().resolve(command.name() + ".out"), listener::moved);
    }

    private void start(Child child, List<ProcessRecord> orphans) {
        Instant now = clock.instant();
        for (ProcessRecord orphan : orphans) {
            if (orphan.name().equals(child.name())) {
                child.adoptOrEnd(orphan, now);
            }
        }
        if (child.state() == State.SLEEP) {
            child.launch(now, "first start");
        }
        note();
    }

    private void supervise(AgentLink assigned) throws KafkaUnavailable, InterruptedException {
        boolean told = false;
        while (!pause()) {
            if (obey(assigned)) {
                return;
            }
            tick();
            assigned.report(children.stream().map(Child::run).toList());
            if (!told
                    && (agent.duty() == Agent.Duty.ALL
                            || children.stream()
                                    .anyMatch(child -> pipeline.hippos().containsKey(child.name())))
                    && children.stream()
                            .allMatch(child -> child.state() == State.RUNNING
                                    || child.name().equals(ServiceCommand.DOCTOR))) {
                told = true;
                listener.allRunning();
            }
        }
    }

    /** Does what has been said since the last tick; true when another agent has this one's name and there is nothing left to do. */
    private boolean obey(AgentLink assigned) throws KafkaUnavailable {
        for (String trouble = assigned.trouble(); trouble != null; trouble = assigned.trouble()) {
            listener.notice(trouble);
        }
        for (Assignment next = assigned.news(); next != null; next = assigned.news()) {
            if (assigned.replaces(next)) {
                listener.notice("another agent '" + agent.name() + "' has started, at " + next.by()
                        + "; this one stops. Give each agent a name of its own (--name)");
                return true;
            }
            HippoSpec hippo = pipeline.hippos().get(next.service());
            Optional<Child> child = children.stream()
                    .filter(each -> each.name().equals(assignedName(hippo)))
                    .findFirst();
            if (hippo == null) {
                tellUnknown(assigned, next);
            } else if (assigned.isMine(next)) {
                run(hippo, child, next);
            } else if (child.isPresent()) {
                String why = next.reason() + " (" + next.by() + ")";
                if (next.running()) {
                    child.get().leave(clock.instant(), why);
                } else {
                    child.get().epoch(next.epoch());
                    child.get().askToStop(clock.instant(), why);
                }
            }
        }
        return false;
    }

    private static String assignedName(@Nullable HippoSpec hippo) {
        return hippo == null ? "" : hippo.name();
    }

    private void tellUnknown(AgentLink assigned, Assignment assignment) {
        if (assigned.isMine(assignment) && !assignment.service().equals(agent.registration())) {
            listener.notice(
                    "warning: '" + assignment.service()
                            + "' was given to this agent and is not in its pipeline file; bring the file up to date, start the agent again");
        }
    }

    private void run(HippoSpec hippo, Optional<Child> present, Assignment assignment) {
        try {
            KeptPipeline.retry(state, hippo.name());
        } catch (IOException e) {
            listener.notice(
                    "warning: that a pipeline file was refused for '" + hippo.name() + "' cannot be forgotten: " + e);
        }
        String why = assignment.reason() + " (" + assignment.by() + ")";
        if (present.isPresent()) {
            Child child = present.get();
            child.epoch(assignment.epoch());
            child.renew(
                    ServiceCommand.hippo(home, deployment, hippo, assignment.epoch()),
                    assignment.kill(),
                    clock.instant(),
                    why);
        } else {
            child(hippo, assignment.epoch()).launch(clock.instant(), why);
        }
        note();
    }

    private void tick() {
        Instant now = clock.instant();
        for (Child child : children) {
            child.tick(now);
        }
        note();
    }

    /** Writes down what has changed: the next supervisor must know of every process that this one launched. */
    private void note() {
        written.write(records());
    }

    /** Hippos in reverse order, all at a time; the broker when they are gone, so that they can finish what they have begun. */
    private void stopAll() throws InterruptedException {
        List<Child> hippos = new ArrayList<>(children.stream()
                .filter(c -> !c.name().equals(ServiceCommand.BROKER))
                .toList());
        Collections.reverse(hippos);
        stop(hippos);
        stop(children);
    }

    private void stop(List<Child> some) throws InterruptedException {
        some.forEach(child -> child.askToStop(clock.instant()));
        while (some.stream().anyMatch(child -> child.state() == State.STOPPING)) {
            for (Child child : some) {
                child.tick(clock.instant());
            }
            TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
        }
    }

    private List<ProcessRecord> records() {
        List<ProcessRecord> records =
                new ArrayList<>(children.stream().map(Child::record).toList());
        left.stream()
                .filter(orphan ->
                        children.stream().noneMatch(child -> child.name().equals(orphan.name()))
                                && orphan.living().isPresent())
                .forEach(records::add);
        return records;
    }

    /** Waits one tick; true when it is time to stop. */
    private boolean pause() throws InterruptedException {
        return stopAsked.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
}
