// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * Has single hippos started or stopped while the others go on. The order is an assignment in {@code hippo-services}, as a Doctor writes it, so it needs none; the agent that has the hippo carries it
 * out, which is waited for if that is the one on this host.
 */
abstract class ServiceOrderCommand implements Callable<Integer> {
    private static final String CLIENT = "hippo-order";
    private static final Duration POLL = Duration.ofMillis(200);
    /** A process has 20 s to stop, and a while to get ready. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(arity = "1..*", paramLabel = "HIPPO", description = "the hippos")
    private List<String> names = List.of();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private final boolean running;
    private final String reason;

    ServiceOrderCommand(boolean running, String reason) {
        this.running = running;
        this.reason = reason;
    }

    /** Whether nothing is left to order of a hippo whose last assignment and process, if it has one on this host, are these. */
    abstract boolean isDone(Assignment last, Optional<ProcessRecord> process);

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        Set<String> hippos = new LinkedHashSet<>(names);
        for (String name : hippos) {
            if (!pipeline.hippos().containsKey(name)) {
                throw new CommandFailure(
                        ExitStatus.USAGE,
                        "pipeline '" + pipeline.name() + "' has no hippo '" + name + "'; "
                                + Suggestion.hint(name, pipeline.hippos().keySet()));
            }
        }
        KafkaConnection kafka = options.kafka(pipeline);
        StateFolder state = options.state(pipeline);
        Map<String, Assignment> last = assignments(kafka, pipeline.name());
        for (String name : hippos) {
            Assignment before = last.get(name);
            if (before == null) {
                throw new CommandFailure(
                        ExitStatus.UNAVAILABLE,
                        "no agent has ever had '" + name + "'; start one with 'hippo up' or 'hippo agent'");
            }
            order(kafka, state, before);
        }
        return ExitStatus.OK;
    }

    private static Map<String, Assignment> assignments(KafkaConnection kafka, String pipeline) throws KafkaUnavailable {
        Map<String, Assignment> last = new HashMap<>();
        try (AssignmentLog log = AssignmentLog.open(kafka, CLIENT, pipeline)) {
            while (!log.atEnd()) {
                log.poll(POLL).forEach(assignment -> last.put(assignment.service(), assignment));
            }
        }
        return last;
    }

    private void order(KafkaConnection kafka, StateFolder state, Assignment last)
            throws KafkaUnavailable, IOException, InterruptedException {
        String name = last.service();
        Optional<ProcessRecord> process = process(state, name);
        if (isDone(last, process)) {
            say("'" + name + "' " + (running ? "runs" : "is stopped") + " already");
            return;
        }
        Assignment order = Assignment.of(
                last.pipeline(),
                name,
                last.agent(),
                running,
                System.getProperty("user.name") + " on " + Whereabouts.host(),
                reason,
                InstantSource.system().instant());
        long epoch = AssignmentLog.write(kafka, CLIENT, List.of(order)).get(0).epoch();
        if (process.isEmpty()) {
            say("'" + name + "' is to " + (running ? "start" : "stop") + ": agent '" + last.agent()
                    + "' has the order");
        } else {
            await(state, name, epoch);
        }
    }

    /** What the supervisor of this host, if one runs, says of a hippo that it has. */
    private static Optional<ProcessRecord> process(StateFolder state, String name) throws IOException {
        if (ProcessLock.heldBy(Supervisor.lockFile(state)).isEmpty()) {
            return Optional.empty();
        }
        return ProcessRecord.read(state).stream()
                .filter(record -> record.name().equals(name))
                .findFirst();
    }

    private void await(StateFolder state, String name, long epoch) throws IOException, InterruptedException {
        Instant until = InstantSource.system().instant().plus(PATIENCE);
        while (InstantSource.system().instant().isBefore(until)) {
            ProcessRecord process = process(state, name)
                    .orElseThrow(() -> new CommandFailure(
                            ExitStatus.UNAVAILABLE,
                            "the supervisor has ended meanwhile; the next 'hippo up' starts every hippo"));
            boolean obeyed = !running || process.epoch() >= epoch;
            if (obeyed && process.state().equals(running ? "RUNNING" : "SLEEP")) {
                say("'" + name + "' " + (running ? "runs" : "is stopped"));
                return;
            }
            if (running && obeyed && Set.of("RETRYING", "DEAD").contains(process.state())) {
                throw new CommandFailure(
                        ExitStatus.FAILED, "'" + name + "' has died at its start; see 'hippo logs " + name + "'");
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        throw new CommandFailure(
                ExitStatus.UNAVAILABLE,
                "'" + name + "' has not " + (running ? "got ready" : "stopped") + " within " + PATIENCE.toMinutes()
                        + " minutes; see 'hippo status'");
    }

    private void say(String what) {
        spec.commandLine().getOut().println(what);
        spec.commandLine().getOut().flush();
    }

    private static boolean is(Optional<ProcessRecord> process, String state) {
        return process.filter(now -> now.state().equals(state)).isPresent();
    }

    /** Ends processes that nobody starts again. */
    @Command(
            name = "stop",
            description =
                    "Stop single hippos, while the others go on; nothing starts them again but 'hippo start' and the next"
                            + " 'hippo up'. 'hippo down' stops the whole pipeline.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo stop orders-db"})
    static final class Stop extends ServiceOrderCommand {
        Stop() {
            super(false, "stopped by hand");
        }

        @Override
        boolean isDone(Assignment last, Optional<ProcessRecord> process) {
            return !last.running() && (process.isEmpty() || is(process, "SLEEP"));
        }
    }

    /** Starts what was stopped, or is dead. */
    @Command(
            name = "start",
            description = "Start single hippos that were stopped, or that died too often.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo start orders-db"})
    static final class Start extends ServiceOrderCommand {
        Start() {
            super(true, "started by hand");
        }

        @Override
        boolean isDone(Assignment last, Optional<ProcessRecord> process) {
            return last.running() && is(process, "RUNNING");
        }
    }

    /** Starts processes anew. */
    @Command(
            name = "restart",
            description = "Stop single hippos and start them again, with the pipeline file as it is now.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo restart orders-db"})
    static final class Restart extends ServiceOrderCommand {
        Restart() {
            super(true, "started anew by hand");
        }

        @Override
        boolean isDone(Assignment last, Optional<ProcessRecord> process) {
            return false;
        }
    }
}
