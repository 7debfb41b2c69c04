// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Agent;
import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.Finding;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
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
    private static final Duration READ_LIMIT = Duration.ofSeconds(30);
    /** A process has 25 s to stop and 3 minutes to get ready. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

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

    /**
     * Whether an order is still to be given.
     *
     * @param last what was said last of the hippo
     * @param process its process, if its agent is the one on this host
     */
    abstract boolean isDue(Assignment last, @Nullable ProcessRecord process);

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
        PipelineCheckRun checked = running ? check() : null;
        StateFolder state = options.state(pipeline);
        KafkaConnection kafka = options.kafka(pipeline);
        Map<String, Assignment> said = said(kafka, pipeline.name());
        Map<String, Assignment> last = new LinkedHashMap<>();
        for (String name : hippos) {
            Assignment of = said.get(name);
            if (of == null) {
                throw new CommandFailure(ExitStatus.UNAVAILABLE, notKnown(name));
            }
            last.put(name, of);
        }
        Set<String> here = new HashSet<>();
        for (Assignment of : last.values()) {
            if (isHere(said.get(Agent.registration(of.agent())), state)) {
                here.add(of.service());
            }
        }
        if (!here.isEmpty() && !isSupervised(state)) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "nothing supervises here what this host has of the pipeline, so nobody would carry that out; start it again as it was, with 'hippo up' or 'hippo agent'");
        }
        Map<String, Assignment> ordered = order(kafka, state, last, here);
        if (checked != null && ordered.keySet().stream().anyMatch(here::contains)) {
            checked.accept();
        }
        int failed = 0;
        for (String name : hippos) {
            Assignment order = ordered.getOrDefault(name, last.get(name));
            if (!here.contains(name)) {
                say(told(name, order, ordered.containsKey(name)));
            } else if (order != null && !await(state, order, ordered.containsKey(name))) {
                failed++;
            }
        }
        return failed == 0 ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private static String notKnown(String name) {
        return "no agent has '" + name
                + "': it was not in the file when the pipeline was started; 'hippo down', then 'hippo up'";
    }

    /** What would not be started by {@code hippo up} is not started here. */
    private PipelineCheckRun check() throws IOException, InterruptedException {
        PipelineCheckRun found = PipelineCheckRun.of(options);
        if (found.hasErrors()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    found.findings().stream()
                            .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                            .map(Finding::toString)
                            .collect(Collectors.joining("\n")));
        }
        return found;
    }

    /** The last word about each service of the pipeline, and about each agent. */
    private static Map<String, Assignment> said(KafkaConnection kafka, String pipeline) throws KafkaUnavailable {
        Map<String, Assignment> last = new HashMap<>();
        Instant until = InstantSource.system().instant().plus(READ_LIMIT);
        try (AssignmentLog log = AssignmentLog.open(kafka, CLIENT, pipeline)) {
            while (!log.atEnd()) {
                if (InstantSource.system().instant().isAfter(until)) {
                    throw new KafkaUnavailable(
                            "Kafka did not say within " + READ_LIMIT.toSeconds() + " s what shall run where", null);
                }
                log.poll(POLL).forEach(assignment -> last.put(assignment.service(), assignment));
            }
        } catch (KafkaException e) {
            throw new KafkaUnavailable("Kafka does not say what shall run where: " + e.getMessage(), e);
        }
        return last;
    }

    /** Whether an agent is the one of this state folder on this host. */
    private static boolean isHere(@Nullable Assignment registration, StateFolder state) throws IOException {
        return registration != null && registration.by().equals(Whereabouts.of(state));
    }

    private static boolean isSupervised(StateFolder state) throws IOException {
        return ProcessLock.heldBy(Supervisor.lockFile(state)).isPresent();
    }

    private Map<String, Assignment> order(
            KafkaConnection kafka, StateFolder state, Map<String, Assignment> last, Set<String> here)
            throws KafkaUnavailable, IOException {
        List<Assignment> orders = new ArrayList<>();
        for (Assignment of : last.values()) {
            if (isDue(of, here.contains(of.service()) ? process(state, of.service()) : null)) {
                orders.add(Assignment.of(
                        of.pipeline(),
                        of.service(),
                        of.agent(),
                        running,
                        System.getProperty("user.name") + " on " + Whereabouts.host(),
                        reason,
                        InstantSource.system().instant()));
            }
        }
        Map<String, Assignment> written = new HashMap<>();
        AssignmentLog.write(kafka, CLIENT, orders).forEach(order -> written.put(order.service(), order));
        return written;
    }

    private static @Nullable ProcessRecord process(StateFolder state, String name) throws IOException {
        return ProcessRecord.read(state).stream()
                .filter(record -> record.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private String told(String name, @Nullable Assignment order, boolean isNew) {
        String agent = order == null ? "" : order.agent();
        if (isNew) {
            return "'" + name + "' is to " + (running ? "start" : "stop") + ": agent '" + agent
                    + "' has the order, and carries it out when it runs";
        }
        return "'" + name + "' is to be " + (running ? "running" : "stopped") + " already, at agent '" + agent + "'"
                + (running ? "; 'hippo restart " + name + "' starts it anew" : "");
    }

    /** Waits until a process is as it is to be; false if it does not come to that, which is told. */
    private boolean await(StateFolder state, Assignment order, boolean isNew) throws IOException, InterruptedException {
        String name = order.service();
        String wanted = running ? "RUNNING" : "SLEEP";
        Instant until = InstantSource.system().instant().plus(PATIENCE);
        boolean looked = false;
        while (InstantSource.system().instant().isBefore(until)) {
            ProcessRecord process = process(state, name);
            if (!isSupervised(state)) {
                return refuse("the supervisor of '" + name + "' has ended meanwhile; see 'hippo status'");
            }
            if (process == null && !running) {
                say("'" + name + "' does not run here" + (isNew ? ", and is not to" : ""));
                return true;
            }
            if (process == null
                    && InstantSource.system()
                            .instant()
                            .isAfter(until.minus(PATIENCE).plus(READ_LIMIT))) {
                return refuse(notKnown(name));
            }
            if (process != null && process.epoch() >= order.epoch()) {
                if (process.state().equals(wanted)) {
                    say("'" + name + "' " + (running ? "runs" : "is stopped") + (isNew || looked ? "" : " already"));
                    return true;
                }
                if (running && Set.of("RETRYING", "DEAD").contains(process.state())) {
                    return refuse("'" + name + "' has died at its start; see 'hippo logs " + name + "'");
                }
                if (process.epoch() > order.epoch() || Set.of("SLEEP", "FENCED").contains(process.state())) {
                    return refuse("'" + name + "' was given another order meanwhile; see 'hippo status'");
                }
            }
            looked = true;
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return refuse("'" + name + "' has not " + (running ? "got ready" : "stopped") + " within "
                + PATIENCE.toMinutes() + " minutes; see 'hippo status'");
    }

    private boolean refuse(String why) {
        spec.commandLine().getErr().println("hippo: " + why);
        spec.commandLine().getErr().flush();
        return false;
    }

    private void say(String what) {
        spec.commandLine().getOut().println(what);
        spec.commandLine().getOut().flush();
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
        boolean isDue(Assignment last, @Nullable ProcessRecord process) {
            return last.running();
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
        boolean isDue(Assignment last, @Nullable ProcessRecord process) {
            boolean works = process == null || Set.of("STARTING", "RUNNING").contains(process.state());
            return !last.running() || !works;
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
        boolean isDue(Assignment last, @Nullable ProcessRecord process) {
            return true;
        }
    }
}
