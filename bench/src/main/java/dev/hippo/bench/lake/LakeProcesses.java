// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A broker with a topic of rides, in a folder that is new, and the processes that land it. */
final class LakeProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final String CONTRACT = "bench.v1.Ride";
    static final String TOPIC = "rides";

    private final Path lib;
    private final Path folder = Files.createTempDirectory("lake-bench");
    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final Process broker;
    private final KafkaConnection kafka;

    LakeProcesses(Path lib) throws Exception {
        this.lib = lib;
        Files.createDirectories(folder.resolve("contracts"));
        copy("rides.proto", folder.resolve("contracts/rides.proto"));
        copy("pipeline.yaml", folder.resolve("pipeline.yaml"));
        PipelineSpec read = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec();
        if (read == null) {
            throw new IllegalStateException("the benchmark's pipeline has errors; see hippo check");
        }
        pipeline = read;
        state = StateFolder.of(pipeline);
        Files.createDirectories(state.run());
        Path ready = state.run().resolve("kafka.json");
        broker = run(
                "broker",
                List.of("-Xmx512m", "-XX:+UseParallelGC", "-cp", lib.resolve("broker") + "/*"),
                "dev.hippo.broker.Main",
                "--folder",
                state.kafka().toString(),
                "--port-file",
                KafkaConnection.portFile(state).toString(),
                "--ready-file",
                ready.toString());
        await(ready);
        kafka = KafkaConnection.of(pipeline, state);
        PipelineTopics.ensure(pipeline, kafka, START);
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream from = LakeProcesses.class.getResourceAsStream(resource)) {
            if (from == null) {
                throw new IOException(resource + " is not on the class path");
            }
            Files.copy(from, to);
        }
    }

    private Process run(String name, List<String> java, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(java);
        command.add(main);
        Collections.addAll(command, arguments);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".out").toFile()))
                .start();
    }

    private void await(Path file) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!Files.exists(file)) {
            if (!broker.isAlive() || System.nanoTime() > end) {
                throw new IOException("the broker did not become ready; its output is in " + folder);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Fills the topic; answers the events' bytes. */
    long fill(long count) throws Exception {
        Contract contract = ContractCompiler.compile(pipeline.contractsFolder())
                .contract(CONTRACT)
                .orElseThrow();
        return Rides.send(kafka.clientProperties("bench"), TOPIC, contract, count);
    }

    String bootstrapServers() {
        return String.valueOf(kafka.clientProperties("bench").get("bootstrap.servers"));
    }

    /** The lake writer, as {@code hippo up} starts it. */
    Process lake() throws IOException {
        return run(
                "lake",
                List.of("-Xmx768m", "-XX:+UseParallelGC", "-cp", lib.resolve("lake") + "/*"),
                "dev.hippo.lake.Main",
                "--pipeline",
                folder.resolve("pipeline.yaml").toString(),
                "--hippo",
                "rides-lake");
    }

    Path lakeTable() {
        return Path.of(state.location(pipeline.table("rides")));
    }

    Process plainLoop() throws IOException {
        return run(
                "plain",
                List.of("-Xmx768m", "-XX:+UseParallelGC", "-cp", System.getProperty("java.class.path")),
                "dev.hippo.bench.lake.PlainKernelLoop",
                bootstrapServers(),
                TOPIC,
                pipeline.contractsFolder().toString(),
                CONTRACT,
                plainTable().toString(),
                Integer.toString(16 << 20));
    }

    Path plainTable() {
        return folder.resolve("plain-table");
    }

    /** Takes a table away, so that it is filled anew. */
    static void remove(Path table) throws IOException {
        if (Files.exists(table)) {
            try (Stream<Path> files = Files.walk(table)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    static void stop(Process process) throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a process stopped", e);
        }
    }

    @Override
    public void close() throws IOException {
        stop(broker);
        remove(folder);
    }
}
