// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.query;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A broker and a query service, each in a process of its own, on a folder that is new. */
final class QueryProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final List<Process> processes = new ArrayList<>();
    private final Path lib;
    private final Path folder;
    private final StateFolder state;
    private @Nullable KafkaConnection kafka;
    private int port;

    private QueryProcesses(Path lib, Path folder, StateFolder state) {
        this.lib = lib;
        this.folder = folder;
        this.state = state;
    }

    /** Makes the folder; nothing runs yet. */
    static QueryProcesses on(Path lib) throws IOException {
        Path folder = Files.createTempDirectory("query-bench");
        Files.createDirectories(folder.resolve("contracts"));
        copy("flights.proto", folder.resolve("contracts/flights.proto"));
        copy("pipeline.yaml", folder.resolve("pipeline.yaml"));
        return new QueryProcesses(lib, folder, StateFolder.of(read(folder)));
    }

    private static PipelineSpec read(Path folder) throws IOException {
        PipelineSpec pipeline = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec();
        if (pipeline == null) {
            throw new IOException("the benchmark's pipeline has errors; see hippo check");
        }
        return pipeline;
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream from = QueryProcesses.class.getResourceAsStream(resource)) {
            if (from == null) {
                throw new IOException(resource + " is not on the class path");
            }
            Files.copy(from, to);
        }
    }

    Path table() {
        return state.table("flights");
    }

    /** Starts both and returns when the query service answers. */
    void start() throws Exception {
        Files.createDirectories(state.run());
        Path brokerReady = state.run().resolve("kafka.json");
        run(
                "broker",
                "dev.hippo.broker.Main",
                "--folder",
                state.kafka().toString(),
                "--port-file",
                KafkaConnection.portFile(state).toString(),
                "--ready-file",
                brokerReady.toString());
        await(brokerReady);
        PipelineSpec pipeline = read(folder);
        KafkaConnection connection = KafkaConnection.of(pipeline, state);
        kafka = connection;
        PipelineTopics.ensure(pipeline, connection, START);
        Path ready = state.run().resolve("ask.json");
        run(
                "query",
                "dev.hippo.query.Main",
                "--pipeline",
                folder.resolve("pipeline.yaml").toString(),
                "--hippo",
                "ask");
        await(ready);
        port = new ObjectMapper().readTree(ready.toFile()).path("port").asInt();
    }

    private void run(String service, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                lib.resolve(service) + "/*",
                main));
        Collections.addAll(command, arguments);
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(service + ".out").toFile())
                .start());
    }

    private void await(Path file) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!Files.exists(file)) {
            Process last = processes.get(processes.size() - 1);
            if (!last.isAlive() || System.nanoTime() > end) {
                throw new IOException("a process did not become ready; its output is in " + folder);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    KafkaConnection kafka() {
        if (kafka == null) {
            throw new IllegalStateException("not started");
        }
        return kafka;
    }

    String uri() {
        return "http://127.0.0.1:" + port + "/query";
    }

    @Override
    public void close() {
        Collections.reverse(processes);
        for (Process process : processes) {
            process.destroy();
            try {
                if (!process.waitFor(30, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
    }
}
