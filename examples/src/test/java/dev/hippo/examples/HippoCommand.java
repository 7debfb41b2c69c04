// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Runs the {@code hippo} command as a user does, on one pipeline with a state folder of its own. Closing it leaves no process. */
final class HippoCommand implements AutoCloseable {
    private static final Path ROOT = Path.of(System.getProperty("hippo.root")).toAbsolutePath();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path pipeline;
    private final Path state;
    private final Map<String, String> environment;
    private final Path output;
    private Process up;

    HippoCommand(Path pipeline, Path state, Map<String, String> environment) throws IOException {
        this.pipeline = pipeline;
        this.state = state;
        this.environment = environment;
        Files.createDirectories(state);
        this.output = state.resolve("up.out");
    }

    record Result(int status, String output) {}

    static Path root() {
        return ROOT;
    }

    /** Runs a command to its end, without the options that name the pipeline. */
    static Result plain(Duration limit, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("hippo", ".out");
        Process process = start(out, environment, List.of(arguments));
        try {
            assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS))
                    .as("hippo %s ends within %s", Arrays.toString(arguments), limit)
                    .isTrue();
            return new Result(process.exitValue(), Files.readString(out));
        } finally {
            process.destroyForcibly();
            Files.delete(out);
        }
    }

    private static Process start(Path out, Map<String, String> environment, List<String> arguments) throws IOException {
        // a build that runs in the background ignores Ctrl-C, and what it starts would too
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/env", "--default-signal=INT", ROOT.resolve("hippo").toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.redirectInput(new File("/dev/null"));
        builder.environment().putAll(environment);
        builder.environment().put("HIPPO_NO_BUILD", "1");
        return builder.start();
    }

    /** Runs a command on the pipeline to its end. */
    Result run(String command, String... arguments) throws IOException, InterruptedException {
        return plain(
                Duration.ofMinutes(2),
                environment,
                onPipeline(command, arguments).toArray(String[]::new));
    }

    private List<String> onPipeline(String command, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of(command, "--file", pipeline.toString(), "--state", state.toString()));
        all.addAll(List.of(arguments));
        return all;
    }

    /** Starts a command on the pipeline that does not end by itself; what it prints goes to the file. */
    Process begin(Path out, String command, String... arguments) throws IOException {
        return start(out, environment, onPipeline(command, arguments));
    }

    /** Starts {@code hippo up}. */
    void beginUp() throws IOException {
        Files.deleteIfExists(output);
        up = start(output, environment, onPipeline("up"));
    }

    /** Ctrl-C for {@code hippo up}; answers its exit status. */
    int interruptUp() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(up.pid())).start().waitFor();
        assertThat(up.waitFor(90, TimeUnit.SECONDS)).as("hippo up ends").isTrue();
        return up.exitValue();
    }

    /** Starts {@code hippo up} and waits until every hippo runs. */
    void up() throws IOException {
        beginUp();
        Awaitility.await("the pipeline is up")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .failFast("hippo up ended", () -> !up.isAlive())
                .until(() -> Files.readString(output).contains("is up:"));
    }

    String upOutput() throws IOException {
        return Files.readString(output);
    }

    /** The process that the launcher became. */
    ProcessHandle supervisor() {
        return up.toHandle();
    }

    /** What {@code hippo status} says of each process, by name. */
    JsonNode status(String name) throws IOException, InterruptedException {
        for (JsonNode node : JSON.readTree(run("status", "--json").output())) {
            if (node.path("name").asText().equals(name)) {
                return node;
            }
        }
        throw new AssertionError("status does not show " + name);
    }

    /** The pid of a process as its run file says; 0 when it is not ready. */
    long pid(String name) {
        try {
            Path file = state.resolve("run").resolve(name + ".json");
            return Files.exists(file)
                    ? JSON.readTree(Files.readAllBytes(file)).path("pid").asLong()
                    : 0;
        } catch (IOException e) {
            // deleted between the two looks
            return 0;
        }
    }

    /** The first column of a query's first rows; fails if it is not answered. */
    long number(String sql) throws IOException, InterruptedException {
        Result result = run("query", "--json", sql);
        assertThat(result.status()).as(result.output()).isZero();
        return JSON.readTree(result.output()).path("rows").path(0).path(0).asLong();
    }

    /** The processes whose command line names this state folder. */
    List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .filter(arguments -> Arrays.stream(arguments).anyMatch(a -> a.contains(state.toString())))
                        .isPresent())
                .toList();
    }

    @Override
    public void close() throws IOException {
        try {
            run("down");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (up != null) {
            up.destroyForcibly();
        }
        processes().forEach(ProcessHandle::destroyForcibly);
    }
}
