// SPDX-License-Identifier: Apache-2.0
package dev.hippo.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker as a real process. */
class BrokerProcessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS = 1_000;

    @TempDir
    Path state;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void acknowledgedEventsOutliveAKillAndTheNextBrokerHasTheSamePort() throws Exception {
        Process first = start("run");
        String servers = whenReady(first);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            admin.createTopics(List.of(new NewTopic("orders", Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
        write(servers);
        first.destroyForcibly().waitFor();

        Process second = start("run");
        assertThat(whenReady(second)).isEqualTo(servers);
        assertThat(read(servers)).isEqualTo(numbers());

        second.destroy();
        assertThat(second.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        whenReady(start("run"));
        assertThat(read(servers)).isEqualTo(numbers());
    }

    @Test
    void aTwinOnTheSameFolderIsRefused() throws Exception {
        Process first = start("run");
        whenReady(first);
        Process twin = start("run");
        assertThat(twin.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(twin.exitValue()).isEqualTo(3);
        assertThat(errors(1)).contains("another broker runs on " + state.resolve("kafka"));
        Process cousin = start("other-run");
        assertThat(cousin.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(cousin.exitValue()).isEqualTo(3);
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void aTakenPortIsToldWithWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(state.resolve("kafka.port"), Integer.toString(taken.getLocalPort()));
            Process process = start("run");
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(2);
            assertThat(errors(0))
                    .contains("port " + taken.getLocalPort())
                    .contains("delete " + state.resolve("kafka.port"));
        }
    }

    private Process start(String run) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--folder",
                state.resolve("kafka").toString(),
                "--port-file",
                state.resolve("kafka.port").toString(),
                "--ready-file",
                state.resolve(run).resolve("kafka.ready").toString());
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(state.resolve("stderr-" + started.size()).toFile());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String errors(int number) throws IOException {
        return Files.readString(state.resolve("stderr-" + number));
    }

    private String whenReady(Process process) throws IOException {
        Path ready = state.resolve("run/kafka.ready");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(ready) && Files.readString(ready).contains("\"pid\":" + process.pid() + ","));
        return "127.0.0.1:" + Files.readString(state.resolve("kafka.port"));
    }

    private static List<String> numbers() {
        return IntStream.range(0, EVENTS).mapToObj(Integer::toString).toList();
    }

    private static void write(String servers) {
        Map<String, Object> client = Map.of("bootstrap.servers", servers, "acks", "all");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            numbers().forEach(number -> producer.send(new ProducerRecord<>("orders", number)));
            producer.flush();
        }
    }

    private static List<String> read(String servers) {
        Map<String, Object> client = Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(client, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition("orders", 0);
            consumer.assign(List.of(partition));
            List<String> values = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return consumer.position(partition)
                        == consumer.endOffsets(List.of(partition)).get(partition);
            });
            return values;
        }
    }
}
