// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** A pipeline with one Flink step, called {@code step}, before a real broker that all tests of this process share; the step runs in the process that users run. */
final class Step implements AutoCloseable {
    private static final String CONTRACTS = """
            syntax = "proto3";
            package shop.v1;
            import "google/protobuf/timestamp.proto";

            message Order {
              string order_id = 1;
              string product = 2;
              int64 amount = 3;
              google.protobuf.Timestamp at = 4;
            }
            message Price {
              string product = 1;
              double price = 2;
              google.protobuf.Timestamp at = 3;
            }
            message PricedOrder {
              string order_id = 1;
              string product = 2;
              optional double price = 3;
            }
            message OrderLine {
              string order_id = 1;
              int32 place = 2;
              string product = 3;
              int64 amount = 4;
            }
            message PricedLine {
              string order_id = 1;
              int32 place = 2;
              string product = 3;
              double price = 4;
            }
            message LargeLine {
              string order_id = 1;
              int32 place = 2;
              Content content = 3;
            }
            message Content {
              string product = 1;
              int64 amount = 2;
            }
            message Total {
              string product = 1;
              int64 amount = 2;
              int64 orders = 3;
            }
            """;

    private final Path folder;
    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final KafkaConnection kafka;
    private final KafkaProducer<byte[], byte[]> producer;
    private JavaProcess process;

    /**
     * Makes the pipeline and its topics.
     *
     * @param yaml the pipeline file without its name and its Kafka
     */
    Step(Path folder, String name, String yaml, String sql) throws Exception {
        this.folder = folder;
        write(folder, name, "kafka: {bootstrapServers: \"" + Broker.servers() + "\"}\n" + yaml, sql);
        pipeline = Objects.requireNonNull(PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec());
        contracts = ContractCompiler.compile(pipeline.contractsFolder());
        kafka = new KafkaConnection(Broker.servers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, Duration.ofSeconds(60));
        producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Writes the pipeline's files. */
    static void write(Path folder, String name, String yaml, String sql) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), CONTRACTS);
        Files.writeString(folder.resolve("step.sql"), sql);
        Files.writeString(folder.resolve("pipeline.yaml"), "pipeline: " + name + "\n" + yaml);
    }

    /** One broker for all tests of this process. */
    private static final class Broker {
        private static final String SERVERS = start();

        private static String start() {
            try {
                Path folder = Files.createTempDirectory("flink-kafka");
                Path ready = folder.resolve("ready.json");
                JavaProcess broker = JavaProcess.start(
                        folder.resolve("out"),
                        List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", JavaProcess.lib("broker") + "/*"),
                        "dev.hippo.broker.Main",
                        List.of(
                                "--folder",
                                folder.resolve("log").toString(),
                                "--port-file",
                                folder.resolve("port").toString(),
                                "--ready-file",
                                ready.toString()));
                // in this thread: another one would wait for this class, which is being initialised
                Awaitility.await("the broker is ready")
                        .pollInSameThread()
                        .atMost(Duration.ofMinutes(2))
                        .failFast("the broker ended", () -> !broker.isAlive())
                        .until(() -> Files.exists(ready));
                return "127.0.0.1:" + Files.readString(folder.resolve("port")).strip();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        static String servers() {
            return SERVERS;
        }
    }

    private Path state() {
        return folder.resolve("state");
    }

    /** Starts the step's process and waits until it runs. */
    void start() throws IOException {
        Path temporary = state().resolve("tmp/step");
        Files.createDirectories(temporary);
        process = JavaProcess.start(
                folder.resolve("step.out"),
                List.of(
                        "-Xmx384m",
                        "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        JavaProcess.lib("flink") + "/*"),
                "dev.hippo.flink.Main",
                List.of(
                        "--pipeline",
                        folder.resolve("pipeline.yaml").toString(),
                        "--hippo",
                        "step",
                        "--state",
                        state().toString()));
        JavaProcess started = process;
        Awaitility.await("the step runs")
                .atMost(Duration.ofMinutes(2))
                .failFast(() -> {
                    if (!started.isAlive()) {
                        throw new AssertionError("the step ended: " + started.output());
                    }
                })
                .until(() -> Files.exists(runFile()));
    }

    private Path runFile() {
        return state().resolve("run/step.json");
    }

    void kill() throws InterruptedException, IOException {
        process.kill();
        Files.delete(runFile());
    }

    /** The log file's text, in which JSON writes a slash as two characters. */
    String log() throws IOException {
        return Files.readString(state().resolve("logs/step.log")).replace("\\/", "/");
    }

    String metrics() throws IOException, InterruptedException {
        int port = new ObjectMapper()
                .readTree(Files.readAllBytes(runFile()))
                .path("port")
                .asInt();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** The step's checkpoints that say that they are complete, by number. */
    List<Path> checkpoints() throws IOException {
        Path root = state().resolve("checkpoints/step");
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .sorted((a, b) -> Long.compare(number(a), number(b)))
                    .toList();
        }
    }

    static long number(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    byte[] bytes(String topic, String json) throws Exception {
        return contracts
                .contract(pipeline.topic(topic).contract())
                .orElseThrow()
                .json()
                .toBytes(json);
    }

    /** Sends an event with its key; it is in Kafka at the latest after {@link #flush}. */
    void send(String topic, String key, String json) throws Exception {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), bytes(topic, json)));
    }

    /** Sends the deletion of what is under a key. */
    void delete(String topic, String key) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), null));
    }

    /** Sends whatever bytes, and answers with the record's offset. */
    long sendRaw(String topic, int partition, Instant time, String key, byte[] value) throws Exception {
        return producer.send(new ProducerRecord<>(
                        topic, partition, time.toEpochMilli(), key.getBytes(StandardCharsets.UTF_8), value))
                .get()
                .offset();
    }

    void flush() {
        producer.flush();
    }

    CommittedRecords reader(String topic) {
        return new CommittedRecords(
                kafka,
                topic,
                pipeline.topics().containsKey(topic)
                        ? contracts.contract(pipeline.topic(topic).contract()).orElseThrow()
                        : null);
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
        producer.close(Duration.ofSeconds(2));
    }
}
