// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the attempts of missions as processes, each in a session of its own. A job outlives this process when it is killed; the next one takes it over, or
 * learns from its folder how it ended. Thread-safe.
 */
final class JobRunner implements AutoCloseable {
    /** How long a job may take to end when it is asked to. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(JobRunner.class);
    private static final String SCRIPT = script();

    /**
     * A job that runs, or is about to.
     *
     * @param process completes when it has been launched; never, if it could not be
     * @param told completes when its end has been told
     */
    private record Job(CompletableFuture<ProcessHandle> process, CompletableFuture<Void> told) {
        Job() {
            this(new CompletableFuture<>(), new CompletableFuture<>());
        }
    }

    private final Path folder;
    private final Path workingFolder;
    private final String command;
    private final JobEnvironment environment;
    private final Consumer<AttemptEnd> ended;
    private final Map<String, Job> running = new ConcurrentHashMap<>();
    /** Whoever decides what runs goes on while processes start. */
    private final ExecutorService launches = Executors.newSingleThreadExecutor(task -> daemon(task, "launches"));

    private final ScheduledExecutorService kills =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "kills"));

    /**
     * A runner of one command.
     *
     * @param folder where the attempts' folders are made
     * @param ended is told of the end of each attempt, on any thread
     */
    JobRunner(Path folder, Path workingFolder, String command, JobEnvironment environment, Consumer<AttemptEnd> ended) {
        this.folder = folder;
        this.workingFolder = workingFolder;
        this.command = command;
        this.environment = environment;
        this.ended = ended;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    private static String script() {
        try (InputStream in = JobRunner.class.getResourceAsStream("attempt.sh")) {
            if (in == null) {
                throw new IllegalStateException("attempt.sh is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AttemptFolder folder(Mission mission) {
        return new AttemptFolder(folder.resolve(mission.id()).resolve(Integer.toString(mission.attempt())));
    }

    /** Launches the attempt that the mission is at, in its turn behind those before. What keeps it from starting is told as its end. */
    void launch(Mission mission) {
        Job job = new Job();
        running.put(mission.id(), job);
        launches.execute(() -> start(mission, job));
    }

    private void start(Mission mission, Job job) {
        try {
            watch(mission, job, process(mission).start().toHandle());
        } catch (IOException | IllegalArgumentException e) {
            running.remove(mission.id());
            ended.accept(AttemptEnd.failed(
                    mission.id(),
                    mission.attempt(),
                    Failure.Kind.START,
                    "the job could not be started: " + e.getMessage()));
            job.told().complete(null);
        }
    }

    /**
     * Makes the attempt's folder.
     *
     * @throws IllegalArgumentException if a parameter cannot be in a variable of the environment
     */
    private ProcessBuilder process(Mission mission) throws IOException {
        AttemptFolder attempt = folder(mission);
        Files.createDirectories(attempt.path());
        Files.write(attempt.missionFile(), mission.toBytes());
        ProcessBuilder builder = new ProcessBuilder(
                "setsid", "bash", "-c", SCRIPT, "hippo-mission", attempt.path().toString());
        environment.fill(builder.environment(), mission, attempt);
        builder.environment().put("HIPPO_COMMAND", command);
        builder.directory(workingFolder.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return builder;
    }

    /** Takes over an attempt that an earlier process has launched, or was about to. Gives the time at which it began. */
    Instant resume(Mission mission, Instant now) throws IOException {
        AttemptFolder attempt = folder(mission);
        if (!attempt.began()) {
            launch(mission);
            return now;
        }
        Instant began = Files.getLastModifiedTime(attempt.path().resolve("pid")).toInstant();
        Optional<ProcessHandle> living =
                attempt.pid().flatMap(ProcessHandle::of).filter(process -> runs(process, attempt));
        if (living.isPresent()) {
            log.info(
                    "Goes on with a running job mission={} pid={}",
                    mission.id(),
                    living.get().pid());
            Job job = new Job();
            running.put(mission.id(), job);
            watch(mission, job, living.get());
        } else {
            over(mission);
        }
        return began;
    }

    /** Whether the process is the attempt's shell, and not another that got its pid. */
    private static boolean runs(ProcessHandle process, AttemptFolder attempt) {
        return process.isAlive()
                && process.info()
                        .arguments()
                        .map(arguments ->
                                List.of(arguments).contains(attempt.path().toString()))
                        .orElse(false);
    }

    private void watch(Mission mission, Job job, ProcessHandle process) {
        job.process().complete(process);
        process.onExit().thenRun(() -> {
            running.remove(mission.id());
            try {
                over(mission);
            } finally {
                job.told().complete(null);
            }
        });
    }

    private void over(Mission mission) {
        AttemptFolder attempt = folder(mission);
        try {
            OptionalInt status = attempt.exitStatus();
            if (status.isEmpty()) {
                // the shell was killed; what it had started must not go on beside the next attempt
                attempt.pid().ifPresent(pid -> signal("KILL", pid));
                ended.accept(AttemptEnd.failed(
                        mission.id(),
                        mission.attempt(),
                        Failure.Kind.LOST,
                        said("the job's process is gone and has left no exit status", attempt)));
            } else if (status.getAsInt() == 0) {
                ended.accept(new AttemptEnd(mission.id(), mission.attempt(), null, attempt.result()));
            } else {
                Failure failure = new Failure(Failure.Kind.EXIT, said("exit status " + status.getAsInt(), attempt));
                ended.accept(new AttemptEnd(mission.id(), mission.attempt(), failure, attempt.result()));
            }
        } catch (IOException | NumberFormatException e) {
            ended.accept(AttemptEnd.failed(
                    mission.id(),
                    mission.attempt(),
                    Failure.Kind.LOST,
                    "what the attempt left cannot be read: " + e.getMessage()));
        }
    }

    private static String said(String what, AttemptFolder attempt) throws IOException {
        String tail = attempt.tail();
        return tail.isEmpty() ? what : what + "; its last words:\n" + tail;
    }

    /** Asks a job and all that it has started to end, and makes it 10 s later. */
    void end(Mission mission) {
        Job job = running.get(mission.id());
        if (job != null) {
            job.process().thenAccept(process -> {
                signal("TERM", process.pid());
                kills.schedule(() -> kill(process), GRACE.toMillis(), TimeUnit.MILLISECONDS);
            });
        }
    }

    private static void kill(ProcessHandle process) {
        if (process.isAlive()) {
            signal("KILL", process.pid());
        }
    }

    /** Sends a signal to all processes of a job; one that is gone gets none. */
    private static void signal(String name, long group) {
        try {
            new ProcessBuilder("bash", "-c", "kill -" + name + " -- -" + group)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            log.warn("Could not send {} to the processes of group {}", name, group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many jobs run, or are about to. */
    int running() {
        return running.size();
    }

    /** Ends every job; returns when it is gone and its end has been told. */
    void stop() throws InterruptedException {
        List<Job> living = List.copyOf(running.values());
        living.forEach(job -> job.process().thenAccept(process -> signal("TERM", process.pid())));
        long end = System.nanoTime() + GRACE.toNanos();
        for (Job job : living) {
            try {
                job.told().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                job.process().thenAccept(JobRunner::kill);
                job.told().join();
            } catch (ExecutionException e) {
                throw new IllegalStateException("nobody completes it with a failure", e);
            }
        }
    }

    @Override
    public void close() {
        launches.shutdownNow();
        kills.shutdownNow();
    }
}
