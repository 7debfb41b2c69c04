// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static dev.hippo.kit.TestProcesses.PATIENCE;
import static dev.hippo.kit.TestProcesses.ended;
import static dev.hippo.kit.TestProcesses.health;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.ports.StablePort;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hippo's heartbeats on a real Kafka that comes, goes and comes back. */
class HeartbeatIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TopicPartition HEALTH = new TopicPartition("service-health", 0);

    @TempDir
    Path folder;

    @TempDir
    Path brokerFolder;

    @Test
    void theHeartBeatsWheneverKafkaTakesIt() throws Exception {
        int kafka = StablePort.choose("127.0.0.1");
        try (TestProcesses processes = new TestProcesses(folder, "127.0.0.1:" + kafka)) {
            Process process = processes.start("work", "gate");
            int port = processes.whenReady(process).get("port").asInt();
            await("Kafka is not there yet")
                    .atMost(PATIENCE)
                    .until(() -> processes.log().contains("Kafka does not take heartbeats"));

            try (EmbeddedBroker broker = EmbeddedBroker.start(brokerFolder, kafka)) {
                createTopic(broker, HEALTH.topic());
                JsonNode beat = await("a heartbeat with a rate")
                        .atMost(PATIENCE)
                        .until(
                                () -> last(kafka, 0),
                                beats -> beats.path("rate_in").asDouble() > 0);
                assertThat(beat.get("service_name").asText()).isEqualTo("gate");
                assertThat(beat.get("path").asText())
                        .isEqualTo(folder.toRealPath().toString());
                assertThat(beat.get("service_pid").asLong()).isEqualTo(process.pid());
                assertThat(beat.get("monitor_pid").asLong())
                        .isEqualTo(ProcessHandle.current().pid());
                assertThat(beat.get("exec_time").asLong()).isPositive();
                assertThat(beat.get("is_success").asInt()).isEqualTo(1);
                assertThat(beat.get("error_msg").asText()).isEmpty();
                assertThat(beat.get("interval").asLong()).isEqualTo(1_000);
                assertThat(beat.get("kind").asText()).isEqualTo("frontier");
                assertThat(beat.get("pipeline").asText()).isEqualTo("well");
                assertThat(beat.get("state").asText()).isEqualTo("running");
                assertThat(beat.get("port").asInt()).isEqualTo(port);
                assertThat(beat.get("position").asText()).startsWith("buckets/0@");
                assertThat(beat.get("rate_out").asDouble()).isPositive();
                assertThat(beat.get("in").asLong())
                        .isEqualTo(2 * beat.get("out").asLong());
                assertThat(beat.get("rejected").asLong()).isPositive();
                assertThat(beat.get("lag").asLong()).isEqualTo(7);
                await("the log tells that Kafka is back")
                        .atMost(PATIENCE)
                        .until(() -> processes.log().contains("Kafka takes heartbeats again"));
                nobodyWorksForAnEpochThatTheLogHasNotGivenOut(broker);
            }

            long counted = health(port).get("in").asLong();
            await("the work goes on without Kafka")
                    .atMost(PATIENCE)
                    .until(() -> health(port).get("in").asLong() > counted);
            assertThat(health(port).get("state").asText()).isEqualTo("running");

            try (EmbeddedBroker broker = EmbeddedBroker.start(brokerFolder, kafka)) {
                assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + kafka);
                long beforeRestart = end(kafka);
                await("heartbeats again")
                        .atMost(PATIENCE)
                        .until(() -> !beats(kafka, beforeRestart).isEmpty());
                process.destroy();
                assertThat(ended(process)).isZero();
                assertThat(last(kafka, 0).get("state").asText()).isEqualTo("stopped");
                assertThat(last(kafka, 0).get("is_success").asInt()).isEqualTo(1);

                Process second = processes.start("work", "gate");
                await("the second heart beats")
                        .atMost(PATIENCE)
                        .until(() -> last(kafka, 0).get("service_pid").asLong() == second.pid());
                Files.createFile(folder.resolve("fail"));
                assertThat(ended(second)).isEqualTo(1);
                JsonNode lastWords = last(kafka, 0);
                assertThat(lastWords.get("state").asText()).isEqualTo("failed");
                assertThat(lastWords.get("is_success").asInt()).isZero();
                assertThat(lastWords.get("error_msg").asText()).contains("the well fell in");
            }
        }
    }

    private static void nobodyWorksForAnEpochThatTheLogHasNotGivenOut(EmbeddedBroker broker) throws Exception {
        createTopic(broker, ControlTopics.SERVICES);
        KafkaConnection kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        AssignmentLog.write(
                kafka,
                "test",
                List.of(
                        Assignment.of("well", "other", "one", true, "doctor", "placed", Instant.EPOCH),
                        Assignment.of("well", "gate", "one", true, "doctor", "placed", Instant.EPOCH)));
        try (EpochGuard guard = new EpochGuard(kafka, "well", "gate", 1)) {
            assertThat(guard.awaitCurrent(PATIENCE)).isTrue();
        }
        try (EpochGuard guard = new EpochGuard(kafka, "well", "other", 1)) {
            assertThatThrownBy(() -> guard.awaitCurrent(PATIENCE))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("it has nothing of 'other' at offset 1");
        }
        try (EpochGuard guard = new EpochGuard(kafka, "well", "gate", 9)) {
            assertThatThrownBy(() -> guard.awaitCurrent(PATIENCE))
                    .isInstanceOf(HippoFailure.class)
                    .hasMessageContaining("it ends at offset 2, and epoch 9 was given out")
                    .hasMessageContaining("stop every agent");
        }
    }

    private static void createTopic(EmbeddedBroker broker, String name) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.empty())))
                    .all()
                    .get();
        }
    }

    private static KafkaConsumer<String, String> consumer(int kafka) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", "127.0.0.1:" + kafka), new StringDeserializer(), new StringDeserializer());
        consumer.assign(List.of(HEALTH));
        return consumer;
    }

    private static long end(int kafka) {
        try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
            return consumer.endOffsets(List.of(HEALTH)).get(HEALTH);
        }
    }

    /** All heartbeats from an offset on, and their key. */
    private static List<JsonNode> beats(int kafka, long from) throws IOException {
        List<JsonNode> beats = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(kafka)) {
            consumer.seek(HEALTH, from);
            long end = consumer.endOffsets(List.of(HEALTH)).get(HEALTH);
            while (consumer.position(HEALTH) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    assertThat(record.key()).isEqualTo("gate");
                    beats.add(JSON.readTree(record.value().getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
        return beats;
    }

    private static JsonNode last(int kafka, long from) throws IOException {
        List<JsonNode> beats = beats(kafka, from);
        return beats.isEmpty() ? JSON.createObjectNode() : beats.get(beats.size() - 1);
    }
}
