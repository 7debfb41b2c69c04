// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.Life.Event;
import dev.hippo.cli.supervisor.Life.State;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.Waiting;
import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.ServiceState;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One supervised process: launches it, looks at it, moves its state. Not thread-safe: the supervisor's loop owns it. */
final class Child {
    /** A process that is not ready by then is killed and counts as dead. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    /** A process that has not stopped by then is killed. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
    /** A process whose place another has is asked to stop if it has not seen by then. */
    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(2);
    /** How far from the end of its output the last line is looked for. */
    private static final int LAST_BYTES = 8 << 10;

    /** How much of it is the reason of a death. */
    private static final int MOST_SAID = 300;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ServiceCommand command;
    private final Path output;
    private final Moves moves;
    private final RestartSchedule schedule = new RestartSchedule();
    private State state = State.SLEEP;
    private @Nullable ProcessHandle process;
    private @Nullable Process launched;
    private Instant due = Instant.MIN;
    private String reason = "";
    private String death = "";
    private long epoch;
    /** What is launched when the present process has ended. */
    private @Nullable ServiceCommand next;
    /** When it is asked to stop because another has its place. */
    private @Nullable Instant leaves;
    /** Whether that is why it stops. */
    private boolean superseded;

    Child(ServiceCommand command, Path output, Moves moves) {
        this.command = command;
        this.output = output;
        this.moves = moves;
    }

    State state() {
        return state;
    }

    String name() {
        return command.name();
    }

    /** The epoch of the last assignment that was obeyed. */
    long epoch() {
        return epoch;
    }

    /** Says for which assignment it runs, or does not. */
    void epoch(long now) {
        epoch = now;
    }

    /**
     * Launches a new command: at once, or when the present process has ended, which it is asked to do.
     *
     * @param kill whether it is not asked but killed
     */
    void renew(ServiceCommand renewed, boolean kill, Instant now, String why) {
        schedule.forgive();
        if (state == State.STARTING || state == State.RUNNING) {
            askToStop(now, why);
        }
        if (state == State.STOPPING) {
            next = renewed;
            if (kill) {
                kill();
            }
        } else {
            command = renewed;
            launch(now, why);
        }
    }

    /** Takes over a process that an earlier supervisor left, if it is the same command and ready; else stops it. */
    void adoptOrEnd(ProcessRecord orphan, Instant now) {
        Optional<ProcessHandle> living = orphan.living();
        if (living.isEmpty()) {
            return;
        }
        schedule.restarts(orphan.restarts());
        if (orphan.fingerprint().equals(fingerprint()) && readyPid() == orphan.pid()) {
            process = living.get();
            schedule.running(now);
            move(Event.ADOPTED, now, "process " + orphan.pid() + " of an earlier 'hippo up' goes on");
        } else {
            end(living.get());
        }
    }

    /** Ends a process that is in the way: TERM, then KILL. */
    static void end(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(STOP_LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts the process; one that cannot be started counts as dead. */
    void launch(Instant now, String why) {
        due = now.plus(START_LIMIT);
        launched = null;
        process = null;
        move(Event.LAUNCHED, now, why);
        try {
            Process started = start();
            launched = started;
            process = started.toHandle();
        } catch (IOException e) {
            died(now, "it cannot be launched: " + e);
        }
    }

    /** A twin that no supervisor knows of (its own died between launch and record) is ended before. */
    private Process start() throws IOException {
        ProcessLock.heldBy(command.lockFile()).ifPresent(Child::end);
        Files.deleteIfExists(command.readyFile());
        Files.deleteIfExists(command.waitFile());
        Files.createDirectories(output.toAbsolutePath().getParent());
        // the JVM wants its temporary folder before the process can make it
        for (String argument : command.command()) {
            if (argument.startsWith("-Djava.io.tmpdir=")) {
                Files.createDirectories(Path.of(argument.substring("-Djava.io.tmpdir=".length())));
            }
        }
        ProcessBuilder builder = new ProcessBuilder(command.command());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(ProcessBuilder.Redirect.to(output.toFile())).redirectErrorStream(true);
        return builder.start();
    }

    /** Looks at the process and does what is due. */
    void tick(Instant now) {
        switch (state) {
            case STARTING -> {
                if (!alive()) {
                    died(now);
                } else if (process != null && readyPid() == process.pid()) {
                    schedule.running(now);
                    move(Event.READY, now, "pid " + process.pid() + ", port " + readyPort());
                } else if (!waits(now) && now.isAfter(due)) {
                    kill();
                }
            }
            case RUNNING -> {
                if (!alive()) {
                    died(now);
                } else if (leaves != null && now.isAfter(leaves)) {
                    askToStop(now, "another has its place");
                    superseded = true;
                }
            }
            case RETRYING -> {
                if (!now.isBefore(due)) {
                    launch(now, "restart " + schedule.restarts());
                }
            }
            case STOPPING -> {
                if (!alive()) {
                    process = null;
                    boolean fenced = superseded && next == null;
                    move(fenced ? Event.SUPERSEDED : Event.EXITED, now, fenced ? "another has its place" : "stopped");
                    ServiceCommand renewed = next;
                    if (renewed != null) {
                        next = null;
                        command = renewed;
                        launch(now, "started again, as told");
                    }
                } else if (now.isAfter(due)) {
                    kill();
                }
            }
            case SLEEP, DEAD, FENCED -> {
                // nothing is due
            }
        }
    }

    /** Whether it says that it waits for Kafka: it has all the time of the world, and its time to get ready begins afterwards. */
    private boolean waits(Instant now) {
        Optional<Waiting> waiting =
                Waiting.read(command.waitFile()).filter(told -> process != null && told.pid() == process.pid());
        if (waiting.isPresent()) {
            due = now.plus(START_LIMIT);
            if (!reason.equals(waiting.get().what())) {
                move(Event.WAITING, now, waiting.get().what());
            }
        }
        return waiting.isPresent();
    }

    private void died(Instant now) {
        died(now, exitReason());
    }

    private void died(Instant now, String why) {
        process = null;
        death = why;
        if (launched != null && !launched.isAlive() && launched.exitValue() == HippoProcess.FENCED) {
            move(Event.SUPERSEDED, now, why);
            return;
        }
        Optional<Instant> again = schedule.died(now);
        move(Event.EXITED, now, why);
        if (again.isEmpty()) {
            move(
                    Event.GAVE_UP,
                    now,
                    RestartSchedule.LIMIT + " deaths in a row; see 'hippo logs " + name() + "', mend the cause, then "
                            + command.startedBy());
        } else {
            due = again.get();
        }
    }

    private String exitReason() {
        String status = "ended";
        if (launched != null && !launched.isAlive()) {
            int exit = launched.exitValue();
            if (exit > 128) {
                // what it printed before has nothing to do with it
                return "killed by signal " + (exit - 128);
            }
            status = "exit status " + exit;
        }
        String said = shortened(lastLine());
        return said.isEmpty() ? status : status + ": " + said;
    }

    /** The last line that the process printed; bytes that are no text must not hurt the supervisor. */
    private String lastLine() {
        try (InputStream in = Files.newInputStream(output)) {
            in.skipNBytes(Math.max(0, Files.size(output) - LAST_BYTES));
            String end = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return end.substring(end.lastIndexOf('\n') + 1).strip();
        } catch (IOException e) {
            // it never printed, or what it printed cannot be read
            return "";
        }
    }

    /** As much as a line of status can hold; the rest is in the logs. */
    private String shortened(String said) {
        return said.length() <= MOST_SAID
                ? said
                : said.substring(0, said.offsetByCodePoints(0, said.codePointCount(0, MOST_SAID)))
                        + "... (see 'hippo logs " + name() + "')";
    }

    void askToStop(Instant now) {
        askToStop(now, "asked");
    }

    void askToStop(Instant now, String why) {
        next = null;
        superseded = false;
        switch (state) {
            case STARTING, RUNNING -> {
                if (process != null) {
                    process.destroy();
                }
                due = now.plus(STOP_LIMIT);
                move(Event.STOP_ASKED, now, why);
            }
            case RETRYING, DEAD, FENCED -> move(Event.STOP_ASKED, now, why);
            case SLEEP, STOPPING -> {
                // stopped, or about to be
            }
        }
    }

    /** Another has its place: the process is left to find out itself, and asked to stop if it does not. */
    void leave(Instant now, String why) {
        if (state == State.RUNNING) {
            leaves = now.plus(LEAVE_LIMIT);
        } else if (state != State.FENCED) {
            askToStop(now, why);
        }
    }

    private boolean alive() {
        return process != null && process.isAlive();
    }

    private void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    private void move(Event event, Instant now, String why) {
        State from = state;
        state = Life.after(from, event);
        reason = why;
        leaves = null;
        moves.moved(now, name(), from, state, why);
    }

    /** What the agent tells of it. */
    AgentReport.Run run() {
        return new AgentReport.Run(
                name(),
                ServiceState.of(state.name().toLowerCase(Locale.ROOT)),
                process == null ? 0 : process.pid(),
                epoch,
                schedule.restarts(),
                reason,
                death);
    }

    private long readyPid() {
        return ready("pid");
    }

    private long readyPort() {
        return ready("port");
    }

    private long ready(String field) {
        try {
            return JSON.readTree(Files.readAllBytes(command.readyFile()))
                    .path(field)
                    .asLong();
        } catch (IOException e) {
            // not ready yet, or just ending; what cannot be read makes nobody ready
            return 0;
        }
    }

    ProcessRecord record() {
        ProcessHandle now = process;
        return new ProcessRecord(
                name(),
                command.kind(),
                state.name(),
                now == null ? 0 : now.pid(),
                now == null ? 0 : ProcessRecord.born(now),
                fingerprint(),
                schedule.restarts(),
                epoch);
    }

    private String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of()
                    .formatHex(
                            digest.digest(String.join("\n", command.command()).getBytes(StandardCharsets.UTF_8)))
                    .substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Is told of each move of a process. */
    interface Moves {
        void moved(Instant at, String name, State from, State to, String reason);
    }
}
