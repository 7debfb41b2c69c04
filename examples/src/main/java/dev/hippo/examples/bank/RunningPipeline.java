// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code hippo up} on this example, as a process. Closing it brings the pipeline down. */
final class RunningPipeline implements AutoCloseable {
    private static final String IS_UP = "is up:";
    private static final Duration UP = Duration.ofMinutes(4);
    private static final Duration DOWN = Duration.ofMinutes(2);
    private static final long BETWEEN_LOOKS_MILLIS = 200;

    private final Process process;
    private final Path output;

    private RunningPipeline(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Ends what an earlier run of the pipeline has left. */
    static void down(Path home, Path pipeline, Path state) throws IOException, InterruptedException {
        Process down = command(home, "down", pipeline, state)
                .redirectErrorStream(true)
                .redirectOutput(new File("/dev/null"))
                .start();
        if (!down.waitFor(DOWN.toSeconds(), TimeUnit.SECONDS)) {
            down.destroyForcibly();
            throw new IOException("'hippo down' did not end within " + DOWN.toSeconds() + " s");
        }
    }

    /**
     * Starts it and waits until every hippo runs.
     *
     * @throws IOException if it does not come up, with what it said
     */
    static RunningPipeline up(Path home, Path pipeline, Path state, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path output = state.resolve("up.out");
        ProcessBuilder builder = command(home, "up", pipeline, state);
        builder.environment().putAll(environment);
        RunningPipeline running = new RunningPipeline(
                builder.redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
        try {
            running.awaitUp();
        } catch (IOException | InterruptedException e) {
            running.close();
            throw e;
        }
        return running;
    }

    private static ProcessBuilder command(Path home, String command, Path pipeline, Path state) {
        List<String> words = new ArrayList<>(List.of(home.resolve("hippo").toString(), command));
        words.addAll(List.of("--file", pipeline.toString(), "--state", state.toString()));
        return new ProcessBuilder(words).redirectInput(new File("/dev/null"));
    }

    private void awaitUp() throws IOException, InterruptedException {
        long end = System.nanoTime() + UP.toNanos();
        while (System.nanoTime() - end < 0) {
            if (Files.readString(output).contains(IS_UP)) {
                return;
            }
            if (process.waitFor(BETWEEN_LOOKS_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("'hippo up' ended:\n" + Files.readString(output));
            }
        }
        throw new IOException("the pipeline was not up within " + UP.toSeconds() + " s:\n" + Files.readString(output));
    }

    /** What it said when everything ran: how many hippos, and in what time. */
    String announcement() throws IOException {
        String line = Files.readString(output)
                .lines()
                .filter(said -> said.contains(IS_UP))
                .findFirst()
                .orElse("");
        int options = line.indexOf(" Ctrl-C");
        return options < 0 ? line : line.substring(0, options);
    }

    @Override
    public void close() {
        // it stops its processes in order, and then itself
        process.destroy();
        try {
            if (!process.waitFor(DOWN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
