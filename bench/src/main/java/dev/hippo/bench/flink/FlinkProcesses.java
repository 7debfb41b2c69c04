// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.flink;

import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.io.File;
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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker with a topic of sales, in a folder that is new, and the processes that read it. */
final class FlinkProcesses implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);

    private final Path lib;
    private final Path folder = Files.createTempDirectory("flink-bench");
    private final Process broker;
    private String servers = "";
    private final KafkaConnection kafka;
    private int runs;

    FlinkProcesses(Path lib) throws Exception {
        this.lib = lib;
        Files.createDirectories(folder.resolve("contracts"));
        copy("/sales.proto", folder.resolve("contracts/sales.proto"));
        copy("pipeline.yaml", folder.resolve("pipeline.yaml"));
        copy("filter.sql", folder.resolve("filter.sql"));
        copy("count.sql", folder.resolve("count.sql"));
        Path ready = folder.resolve("run/kafka.json");
        Files.createDirectories(folder.resolve("run"));
        broker = run(
                List.of("-Xmx512m", "-XX:+UseParallelGC", "-cp", lib.resolve("broker") + "/*"),
                "dev.hippo.broker.Main",
                "--folder",
                folder.resolve("kafka").toString(),
                "--port-file",
                folder.resolve("port").toString(),
                "--ready-file",
                ready.toString());
        await(ready);
        servers = "127.0.0.1:" + Files.readString(folder.resolve("port")).strip();
        PipelineSpec pipeline = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of("BENCH_KAFKA", servers))
                .spec();
        if (pipeline == null) {
            throw new IllegalStateException("the benchmark's pipeline has errors; see hippo check");
        }
        kafka = new KafkaConnection(servers, Map.of());
        PipelineTopics.ensure(pipeline, kafka, START);
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream from = FlinkProcesses.class.getResourceAsStream(resource)) {
            if (from == null) {
                throw new IOException(resource + " is not on the class path");
            }
            Files.copy(from, to);
        }
    }

    private Process run(List<String> java, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(java);
        command.add(main);
        Collections.addAll(command, arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("processes.out").toFile()));
        builder.environment().put("BENCH_KAFKA", servers);
        return builder.start();
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

    /** A writer of sales. */
    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> client = kafka.clientProperties("fill");
        client.put("linger.ms", 5);
        client.put("batch.size", 256 << 10);
        client.put("compression.type", "lz4");
        return new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A consumer of all partitions, which also gives what is not committed yet. */
    KafkaConsumer<byte[], byte[]> consumer(String topic, boolean fromEnd) {
        Map<String, Object> client = kafka.clientProperties("bench");
        client.put("max.poll.records", 5_000);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        if (fromEnd) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        } else {
            consumer.seekToBeginning(partitions);
        }
        return consumer;
    }

    /** A step, as {@code hippo up} starts it, with a state folder of its own. */
    Process step(String hippo) throws IOException {
        return flink(
                "",
                "dev.hippo.flink.Main",
                "--pipeline",
                folder.resolve("pipeline.yaml").toString(),
                "--hippo",
                hippo,
                "--state",
                folder.resolve("state-" + ++runs).toString());
    }

    /** The same query with Flink's own format. */
    Process format(String query) throws IOException {
        return flink(
                "bench/target/classes" + File.pathSeparator + "bench/target/formats/*" + File.pathSeparator,
                FormatJob.class.getName(),
                servers,
                folder.resolve(query + ".sql").toString(),
                folder.resolve("format-" + ++runs).toString());
    }

    private Process flink(String before, String main, String... arguments) throws IOException {
        return run(
                List.of("-Xmx1g", "-XX:+UseParallelGC", "-cp", before + lib.resolve("flink") + "/*"), main, arguments);
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
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
