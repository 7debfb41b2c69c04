// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pipeline in a folder that is new, its broker, and the processes that work on it; closing ends them and takes the folder away. Not thread-safe. */
public final class BenchPipeline implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Path lib;
    private final Path folder;
    private final PipelineSpec spec;
    private final StateFolder state;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    /** Ends the processes when somebody ends the benchmark. */
    private final Thread end = new Thread(() -> processes.forEach(Process::destroyForcibly), "end");

    private @Nullable KafkaConnection kafka;

    /**
     * Makes the folder; nothing runs yet.
     *
     * @param bench beside which {@code pipeline.yaml} and the files lie on the class path
     * @param lib the folder that {@code mvn package} fills
     * @param files what the pipeline needs; a {@code .proto} becomes a contract
     */
    public BenchPipeline(Class<?> bench, Path lib, String... files) throws IOException {
        this(lib, folder -> {
            Files.createDirectories(folder.resolve("contracts"));
            copy(bench, folder, "pipeline.yaml");
            for (String file : files) {
                copy(bench, folder, file);
            }
        });
    }

    /** A pipeline that needs nothing but its file. */
    public static BenchPipeline of(Path lib, String pipelineFile) throws IOException {
        return new BenchPipeline(lib, folder -> Files.writeString(folder.resolve("pipeline.yaml"), pipelineFile));
    }

    /** A pipeline with contracts, by the names of their files. */
    public static BenchPipeline of(Path lib, String pipelineFile, Map<String, String> contracts) throws IOException {
        return new BenchPipeline(lib, folder -> {
            Files.writeString(folder.resolve("pipeline.yaml"), pipelineFile);
            Files.createDirectories(folder.resolve("contracts"));
            for (Map.Entry<String, String> contract : contracts.entrySet()) {
                Files.writeString(folder.resolve("contracts").resolve(contract.getKey()), contract.getValue());
            }
        });
    }

    private BenchPipeline(Path lib, Filling filling) throws IOException {
        this.lib = lib;
        this.folder = Files.createTempDirectory("hippo-bench");
        filling.fill(folder);
        PipelineSpec read =
                PipelineFile.read(file("pipeline.yaml"), null, Map.of()).spec();
        if (read == null) {
            throw new IOException("the benchmark's pipeline has errors; see hippo check");
        }
        this.spec = read;
        this.state = StateFolder.of(read);
        Files.createDirectories(state.run());
        Runtime.getRuntime().addShutdownHook(end);
    }

    /** Makes the files of a pipeline. */
    private interface Filling {
        void fill(Path folder) throws IOException;
    }

    private static void copy(Class<?> bench, Path folder, String resource) throws IOException {
        String name = resource.substring(resource.lastIndexOf('/') + 1);
        try (InputStream from = bench.getResourceAsStream(resource)) {
            if (from == null) {
                throw new IOException(resource + " is not on the class path");
            }
            Files.copy(from, folder.resolve(name.endsWith(".proto") ? "contracts/" + name : name));
        }
    }

    /** Starts the broker and makes the topics. */
    public KafkaConnection startKafka() throws IOException, KafkaUnavailable {
        Path ready = state.run().resolve("kafka.json");
        Process broker = java(
                "broker",
                List.of("-Xmx512m", "-XX:+UseParallelGC", "-cp", classPath("broker")),
                "dev.hippo.broker.Main",
                "--folder",
                state.kafka().toString(),
                "--port-file",
                KafkaConnection.portFile(state).toString(),
                "--ready-file",
                ready.toString());
        await(ready, broker);
        KafkaConnection connection = KafkaConnection.of(spec, state);
        kafka = connection;
        PipelineTopics.ensure(spec, connection, START);
        return connection;
    }

    /** The connection to the broker. */
    public KafkaConnection kafka() {
        if (kafka == null) {
            throw new IllegalStateException("Kafka was not started");
        }
        return kafka;
    }

    /** The broker's address. */
    public String bootstrapServers() {
        return String.valueOf(kafka().clientProperties("bench").get("bootstrap.servers"));
    }

    public PipelineSpec spec() {
        return spec;
    }

    public StateFolder state() {
        return state;
    }

    /** A file of the folder. */
    public Path file(String name) {
        return folder.resolve(name);
    }

    /** The class path of a service. */
    public String classPath(String service) {
        return lib.resolve(service) + "/*";
    }

    /** Starts a hippo, as {@code hippo up} does. */
    public Process hippo(String service, String name, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        Collections.addAll(all, "-cp", classPath(service));
        return java(
                service,
                all,
                "dev.hippo." + service + ".Main",
                "--pipeline",
                file("pipeline.yaml").toString(),
                "--hippo",
                name);
    }

    /** Starts a hippo that answers HTTP; returns when it is ready. */
    public Process ready(String service, String name, String... options) throws IOException {
        Process process = hippo(service, name, options);
        await(readyFile(name), process);
        return process;
    }

    /** Starts the Doctor; returns when it is ready. */
    public Process doctor(String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(options));
        Collections.addAll(all, "-cp", classPath("doctor"));
        Process process = java(
                "doctor",
                all,
                "dev.hippo.doctor.Main",
                "--pipeline",
                file("pipeline.yaml").toString());
        await(readyFile("doctor"), process);
        return process;
    }

    /** The port of a hippo that is ready, or of the Doctor. */
    public int port(String name) throws IOException {
        return new ObjectMapper()
                .readTree(readyFile(name).toFile())
                .path("port")
                .asInt();
    }

    private Path readyFile(String name) {
        return state.run().resolve(name + ".json");
    }

    /** Starts a Java process; its output goes to a file of the folder. */
    public Process java(String name, List<String> options, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add(main);
        Collections.addAll(command, arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(file(name + ".out").toFile()))
                .start();
        processes.add(process);
        return process;
    }

    private static void await(Path file, Process process) throws IOException {
        long begun = System.nanoTime();
        while (!Files.exists(file)) {
            if (!process.isAlive() || System.nanoTime() - begun > START.toNanos()) {
                throw new IOException("a process did not become ready; its output is in " + file.getParent());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Ends a process, by force when it takes over 30 seconds. */
    public static void stop(Process process) throws IOException {
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

    /** Takes a folder away. */
    public static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = processes.size() - 1; i >= 0; i--) {
            stop(processes.get(i));
        }
        Runtime.getRuntime().removeShutdownHook(end);
        remove(folder);
    }
}
