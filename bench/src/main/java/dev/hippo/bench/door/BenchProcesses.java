// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

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

/** A broker and a door, each in a process of its own, on a folder that is new. */
final class BenchProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final List<Process> processes = new ArrayList<>();
    private final Path lib;
    private final Path folder;
    private @Nullable KafkaConnection kafka;
    private int doorPort;

    private BenchProcesses(Path lib, Path folder) {
        this.lib = lib;
        this.folder = folder;
    }

    /**
     * Starts both and returns when the door answers.
     *
     * @param lib the folder that {@code mvn package} fills
     */
    static BenchProcesses start(Path lib) throws Exception {
        BenchProcesses started = new BenchProcesses(lib, Files.createTempDirectory("door-bench"));
        try {
            started.open();
            return started;
        } catch (Exception e) {
            started.close();
            throw e;
        }
    }

    private void open() throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        copy("bench.proto", folder.resolve("contracts/bench.proto"));
        copy("pipeline.yaml", folder.resolve("pipeline.yaml"));
        PipelineSpec pipeline = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec();
        if (pipeline == null) {
            throw new IllegalStateException("the benchmark's pipeline has errors; see hippo check");
        }
        StateFolder state = StateFolder.of(pipeline);
        Files.createDirectories(state.run());
        Path brokerReady = state.run().resolve("kafka.json");
        run(
                "broker",
                "dev.hippo.broker.Main",
                "-Xmx512m",
                "--folder",
                state.kafka().toString(),
                "--port-file",
                KafkaConnection.portFile(state).toString(),
                "--ready-file",
                brokerReady.toString());
        await(brokerReady);
        KafkaConnection connection = KafkaConnection.of(pipeline, state);
        kafka = connection;
        PipelineTopics.ensure(pipeline, connection, START);
        Path doorReady = state.run().resolve("gate.json");
        run(
                "frontier",
                "dev.hippo.frontier.Main",
                "-Xmx512m",
                "--pipeline",
                folder.resolve("pipeline.yaml").toString(),
                "--hippo",
                "gate");
        await(doorReady);
        doorPort = new ObjectMapper().readTree(doorReady.toFile()).path("port").asInt();
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream from = BenchProcesses.class.getResourceAsStream(resource)) {
            if (from == null) {
                throw new IOException(resource + " is not on the class path");
            }
            Files.copy(from, to);
        }
    }

    private void run(String service, String main, String heap, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), heap, "-XX:+UseParallelGC"));
        if (service.equals("frontier")) {
            Collections.addAll(
                    command,
                    System.getProperty("door.jvm", "").isEmpty()
                            ? new String[0]
                            : System.getProperty("door.jvm").split(" "));
        }
        Collections.addAll(command, "-cp", lib.resolve(service) + "/*", main);
        Collections.addAll(command, arguments);
        Path log = folder.resolve(service + ".out");
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
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

    String doorUri() {
        return "http://127.0.0.1:" + doorPort;
    }

    /** Processor time that the door has used. */
    Duration doorCpu() {
        return processes.get(1).info().totalCpuDuration().orElse(Duration.ZERO);
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
