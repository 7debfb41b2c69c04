// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.CommandFailure;
import dev.hippo.cli.ExitStatus;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The process of the example that is a PostgreSQL with the airports. It ends with this one, however that ends. */
final class AirportsDatabase implements AutoCloseable {
    private static final Pattern ADDRESS =
            Pattern.compile("jdbc:postgresql://(?:127\\.0\\.0\\.1|localhost):(\\d{1,5})/flights");
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private final String url;
    private final long airports;

    private AirportsDatabase(Process process, String url, long airports) {
        this.process = process;
        this.url = url;
        this.airports = airports;
    }

    /** Starts it where the pipeline looks for its database; returns when the table is there. */
    static AirportsDatabase start(Installation home, PipelineSpec pipeline, StateFolder state, Path airports)
            throws IOException, InterruptedException {
        String url = Objects.requireNonNull(pipeline.hippos().get("airports-db"))
                .settings(Capture.class)
                .url();
        int port = port(url);
        Files.createDirectories(state.logs());
        Path log = state.logs().resolve("airports.out");
        Process process = new ProcessBuilder(
                        home.java().toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        home.lib("examples") + "/*",
                        "dev.hippo.examples.flights.AirportsDatabase",
                        state.root().resolve("airports").toString(),
                        Integer.toString(port),
                        airports.toString())
                .redirectError(log.toFile())
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            process.waitFor();
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "the database of the airports could not be started on port " + port + "; see " + log
                            + ". Another address: AIRPORTS_DATABASE=jdbc:postgresql://127.0.0.1:PORT/flights");
        }
        return new AirportsDatabase(
                process, url, new ObjectMapper().readTree(line).path("airports").asLong());
    }

    /** The database is made here, so it cannot be somebody's. */
    private static int port(String url) {
        Matcher address = ADDRESS.matcher(url);
        if (!address.matches()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "AIRPORTS_DATABASE is " + url
                            + ", and the demo makes its own: give jdbc:postgresql://127.0.0.1:PORT/flights");
        }
        return Integer.parseInt(address.group(1));
    }

    String url() {
        return url;
    }

    /** How many rows the table has. */
    long airports() {
        return airports;
    }

    /** Waits until it has gone; not for long. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
