// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import dev.hippo.cli.CommandFailure;
import dev.hippo.cli.ExitStatus;
import dev.hippo.cli.Services;
import dev.hippo.cli.supervisor.Agent;
import dev.hippo.cli.supervisor.Deployment;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.cli.supervisor.Life.State;
import dev.hippo.cli.supervisor.Shutdown;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the flights example from an empty state to reconciled answers. */
@Command(
        name = "demo",
        description =
                "Run the whole of it on real flights: door, Kafka, Flink, tables, SQL; and count that nothing is lost or doubled.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: hippo demo --once",
            "The demo's state is in .hippo/demo of the Hippo folder and is emptied at each start."
        })
public final class DemoCommand implements Callable<Integer> {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(70);

    @Option(names = "--once", description = "stop after the answers; exit 0 when the books balance, else 1")
    private boolean once;

    @Option(names = "--full", description = "all three million flights; fetches the npm package vega-datasets once")
    private boolean full;

    @Option(
            names = "--database",
            description = "keep the airports in a PostgreSQL that is started too, and capture them from its log")
    private boolean database;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        InstantSource clock = InstantSource.system();
        Instant begun = clock.instant();
        Installation home = Installation.ofThisProcess();
        Path example = home.root().resolve("examples/flights");
        Path file = example.resolve("pipeline.yaml");
        String profile = database ? "database" : null;
        PipelineReading reading = PipelineFile.read(file, profile, System.getenv());
        PipelineSpec pipeline = reading.spec();
        if (pipeline == null) {
            throw new CommandFailure(ExitStatus.FAILED, "the demo's pipeline file has errors: " + reading.findings());
        }
        StateFolder state = new StateFolder(home.root().resolve(".hippo/demo"));
        Shutdown.of(state);
        empty(state.root());
        Path flights = full
                ? FullFlights.fetch(home.root().resolve(".hippo/data"), out)
                : example.resolve("data/flights-january.parquet");
        try (AirportsDatabase airports =
                database ? AirportsDatabase.start(home, pipeline, state, example.resolve("data/airports.csv")) : null) {
            if (airports != null) {
                out.printf(
                        Locale.ROOT, "A PostgreSQL runs, with %,d airports: %s%n", airports.airports(), airports.url());
            }
            return run(home, new Deployment(file, profile, pipeline, state), flights, airports, begun);
        }
    }

    private int run(
            Installation home, Deployment deployment, Path flights, @Nullable AirportsDatabase airports, Instant begun)
            throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        InstantSource clock = InstantSource.system();
        Path file = deployment.file();
        Path example = home.root().resolve("examples/flights");
        StateFolder state = deployment.state();
        out.println("Starting Kafka and the " + (database ? "six" : "five") + " hippos of "
                + home.root().relativize(file) + " ...");
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<String> dead = new CompletableFuture<>();
        Supervisor supervisor = new Supervisor(
                home, deployment, Agent.ofEverything(state, false), clock, new Progress(out, running, dead));
        CompletableFuture<Void> ended = CompletableFuture.runAsync(() -> supervise(supervisor, dead), task -> {
            Thread thread = new Thread(task, "supervisor");
            thread.start();
        });
        Thread stopper = new Thread(() -> stop(supervisor), "stop");
        Runtime.getRuntime().addShutdownHook(stopper);
        try {
            await(running, dead);
            out.printf(Locale.ROOT, "All run after %.1f s.%n%n", seconds(begun, clock));
            Services services = new Services(deployment.pipeline(), state);
            DemoStory story = new DemoStory(home, deployment.pipeline(), state, services, out);
            boolean balanced = airports == null
                    ? story.tell(flights, example.resolve("data/airports.csv"))
                    : story.tell(flights, airports.airports());
            out.printf(Locale.ROOT, "%nFrom nothing to answers in %.1f s.%n", seconds(begun, clock));
            if (!once) {
                out.println("The pipeline stays up. Look inside from another terminal, for example:");
                String options = " -f " + home.root().relativize(example) + " --state .hippo/demo"
                        + (database ? " --profile database" : "");
                out.println("  ./hippo status" + options);
                out.println("  ./hippo query" + options
                        + " \"select * from delays order by longest_delay_minutes desc limit 5\"");
                out.println("  ./hippo tail" + options + " flights -n 3");
                out.println("Ctrl-C stops it and leaves no process.");
                ended.join();
            }
            return balanced ? ExitStatus.OK : ExitStatus.FAILED;
        } finally {
            stop(supervisor);
        }
    }

    private static void supervise(Supervisor supervisor, CompletableFuture<String> dead) {
        try {
            supervisor.run();
        } catch (IOException | Supervisor.AlreadyRunning | KafkaUnavailable e) {
            dead.complete(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            dead.complete(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Supervisor supervisor) {
        try {
            supervisor.stop(STOP_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CountDownLatch running, CompletableFuture<String> dead) throws InterruptedException {
        while (!running.await(200, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            if (dead.isDone()) {
                throw new CommandFailure(ExitStatus.FAILED, "the demo could not start: " + dead.join());
            }
        }
    }

    private static double seconds(Instant begun, InstantSource clock) {
        return Duration.between(begun, clock.instant()).toMillis() / 1000.0;
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    /** Says which hippos run, and when one has been given up. */
    private record Progress(PrintWriter out, CountDownLatch running, CompletableFuture<String> dead)
            implements Supervisor.Listener {
        @Override
        public void moved(Instant at, String name, State from, State to, @Nullable String reason) {
            switch (to) {
                case RUNNING -> out.printf(Locale.ROOT, "  %-14s runs   %s%n", name, reason);
                case RETRYING -> out.printf(Locale.ROOT, "  %-14s died   %s%n", name, reason);
                case DEAD -> dead.complete("'" + name + "' was given up: " + reason);
                default -> {}
            }
        }

        @Override
        public void notice(String text) {
            if (text.startsWith("warning")) {
                out.println("  " + text);
            }
        }

        @Override
        public void allRunning() {
            running.countDown();
        }
    }
}
