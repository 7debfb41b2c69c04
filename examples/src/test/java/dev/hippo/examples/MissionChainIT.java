// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A notice starts a, its end starts b and c, the end of both starts d: for every partition once, whatever is killed meanwhile. */
class MissionChainIT {
    private static final int PARTITIONS = Integer.getInteger("hippo.chain.partitions", 60);
    private static final int KILLS = Integer.getInteger("hippo.chain.kills", 6);
    private static final List<String> VICTIMS = List.of("a", "both", "job", "kafka", "supervisor", "doctor");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Missions of which a job was killed: it may have done its work and not lived to say so. */
    private final Set<String> killedJobs = new HashSet<>();

    @TempDir
    Path folder;

    @Test
    void everyPartitionReachesTheEndOnceAndEveryMissionHasOneFinalStatus() throws Exception {
        Path journal = folder.resolve("journal");
        Files.createFile(journal);
        Path pipeline = HippoCommand.root().resolve("examples/src/test/resources/missions");
        Path state = folder.resolve("state");
        try (HippoCommand hippo = new HippoCommand(pipeline, state, Map.of("JOURNAL", journal.toString()))) {
            hippo.up();
            KafkaConnection kafka = new KafkaConnection(
                    "127.0.0.1:" + Files.readString(state.resolve("kafka.port")).strip(), Map.of());
            Random random = new Random(20_261_121);
            int sent = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                int until = (kill + 1) * PARTITIONS / KILLS;
                notices(kafka, sent, until);
                sent = until;
                long begun = lines(journal, "begin").size();
                Awaitility.await("jobs go on before kill " + kill)
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> lines(journal, "begin").size() > begun + 4);
                kill(hippo, state, VICTIMS.get(kill < VICTIMS.size() ? kill : random.nextInt(VICTIMS.size())));
            }
            notices(kafka, 0, PARTITIONS);
            Awaitility.await("d has run for every partition")
                    .atMost(Duration.ofMinutes(5).plusMillis(500L * PARTITIONS))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> lines(journal, "end d").stream().distinct().count() >= PARTITIONS
                            && hippo.run("missions", "--status", "running", "--json")
                                    .output()
                                    .isBlank());

            List<JsonNode> missions = missions(hippo);
            assertThat(missions).hasSize(5 * PARTITIONS);
            assertThat(missions)
                    .allSatisfy(mission ->
                            assertThat(mission.path("status").asText()).isEqualTo("succeeded"));
            assertThat(missions.stream()
                            .filter(mission ->
                                    mission.path("hippo_name").asText().equals("d"))
                            .collect(groupingBy(
                                    mission -> mission.path("partition").toString(), counting())))
                    .hasSize(PARTITIONS)
                    .allSatisfy((partition, count) -> assertThat(count).isEqualTo(1));

            Map<String, Long> finishes = finishes(kafka).stream()
                    .collect(groupingBy(message -> message.path("mission_id").asText(), counting()));
            assertThat(finishes)
                    .hasSize(5 * PARTITIONS)
                    .allSatisfy((id, count) -> assertThat(count).isEqualTo(1));
            assertThat(missions)
                    .allMatch(mission ->
                            finishes.containsKey(mission.path("mission_id").asText()));

            assertThat(knownToTheDoctor(hippo))
                    .as("the Doctor's database agrees with the finish messages")
                    .isEqualTo(finishes.keySet());

            assertThat(lines(journal, "begin")).as("no attempt was begun twice").doesNotHaveDuplicates();
            assertThat(lines(journal, "end").stream()
                            .map(line -> line.split(" ", -1)[3])
                            .collect(groupingBy(id -> id, counting())))
                    .as("each mission with a job ended well once, as its job itself wrote")
                    .hasSize(4 * PARTITIONS)
                    .allSatisfy((id, count) -> assertThat(count).isBetween(1L, killedJobs.contains(id) ? 2L : 1L));
            assertThat(lines(journal, "begin").size())
                    .as("jobs failed on the way")
                    .isGreaterThan(4 * PARTITIONS);
        }
    }

    /** The missions that succeeded, as the Doctor's API tells them page by page, when it has read as many as there are. */
    private static Set<String> knownToTheDoctor(HippoCommand hippo) {
        Set<String> known = new HashSet<>();
        Awaitility.await("the Doctor knows of every mission")
                .atMost(Duration.ofMinutes(1))
                .until(() -> {
                    known.clear();
                    String cursor = "";
                    do {
                        JsonNode page = page(hippo, cursor);
                        page.path("missions")
                                .forEach(mission ->
                                        known.add(mission.path("mission_id").asText()));
                        cursor = page.path("next").asText();
                    } while (!cursor.isEmpty());
                    return known.size() == 5 * PARTITIONS;
                });
        return known;
    }

    private static JsonNode page(HippoCommand hippo, String cursor) throws Exception {
        int port = hippo.status("doctor").path("port").asInt();
        String from = cursor.isEmpty() ? "" : "&cursor=" + cursor;
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + port + "/api/v1/missions?status=succeeded&limit=500" + from))
                .build();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }

    private static void notices(KafkaConnection kafka, int from, int until) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                kafka.clientProperties("notices"), new StringSerializer(), new StringSerializer())) {
            for (int i = from; i < until; i++) {
                producer.send(new ProducerRecord<>(
                        "frontier-adw",
                        "{\"table\":\"orders\",\"db\":\"shop\",\"method\":\"overwrite_partition\",\"exec_date\":\"1493394946\","
                                + "\"partition\":[{\"name\":\"part\",\"value\":\"p" + i + "\"}]}"));
            }
        }
    }

    private void kill(HippoCommand hippo, Path state, String victim) throws IOException {
        if (victim.equals("job")) {
            killJob(state.resolve("missions"));
            return;
        }
        if (victim.equals("supervisor")) {
            hippo.supervisor().destroyForcibly();
            hippo.supervisor().onExit().join();
            hippo.up();
            return;
        }
        long pid = hippo.pid(victim);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Awaitility.await(victim + " is back")
                .atMost(Duration.ofMinutes(2))
                .until(() -> hippo.pid(victim) != 0 && hippo.pid(victim) != pid);
    }

    /** Kills the shell of some running attempt. */
    private void killJob(Path missions) {
        Awaitility.await("a job runs")
                .until(() -> ProcessHandle.allProcesses().anyMatch(process -> {
                    Optional<Path> attempt = Arrays.stream(
                                    process.info().arguments().orElse(new String[0]))
                            .filter(argument -> argument.startsWith(missions.toString()))
                            .map(Path::of)
                            .findFirst();
                    attempt.ifPresent(path ->
                            killedJobs.add(path.getParent().getFileName().toString()));
                    return attempt.isPresent() && process.destroyForcibly();
                }));
    }

    private static List<String> lines(Path journal, String beginning) throws IOException {
        return Files.readAllLines(journal).stream()
                .filter(line -> line.startsWith(beginning + " "))
                .toList();
    }

    private static List<JsonNode> missions(HippoCommand hippo) throws Exception {
        List<JsonNode> missions = new ArrayList<>();
        for (String line : hippo.run("missions", "--json", "--last", "1000000")
                .output()
                .lines()
                .toList()) {
            missions.add(JSON.readTree(line));
        }
        return missions;
    }

    private static List<JsonNode> finishes(KafkaConnection kafka) throws Exception {
        List<JsonNode> messages = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", "hippo-finish")) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    messages.add(JSON.readTree(new String(record.value(), StandardCharsets.UTF_8)));
                }
            }
        }
        return messages;
    }
}
