// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts with agents, Doctors on two of them: one host is cut off, one is frozen; the work moves, and what comes back is fenced. */
class HostsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PIPELINE = HippoCommand.root().resolve("examples/src/test/resources/hosts");

    @TempDir
    Path folder;

    private KafkaConnection kafka;
    private int sent;

    @Test
    void theWorkOfAHostThatIsCutOffOrFrozenMovesAndItsProcessesComeBackFenced() throws Exception {
        assumeTrue(Hosts.possible(), "network namespaces need root");
        Path journal = Files.createFile(folder.resolve("journal"));
        try (Hosts hosts = new Hosts(3)) {
            String servers = hosts.broker(folder.resolve("kafka"));
            kafka = new KafkaConnection(servers, Map.of());
            Map<String, String> environment = Map.of("JOURNAL", journal.toString());
            hosts.agent(1, PIPELINE, state(1), environment, "--doctor");
            hosts.agent(2, PIPELINE, state(2), environment, "--doctor");
            hosts.agent(3, PIPELINE, state(3), environment, "--label", "disk");
            await("everything runs")
                    .ignoreExceptionsInstanceOf(KafkaUnavailable.class)
                    .until(() -> runs("work") && runs("after") && runs("disk"));
            assertThat(agentOf("disk")).as("the only host with its label").isEqualTo(3);

            int cut = agentOf("work");
            ProcessHandle old = process(cut, "work");
            notices(20);
            await("it works").until(() -> lines(journal, "end").size() > 5);
            hosts.cut(cut);
            notices(20);
            await("the work of the lost host runs elsewhere").until(() -> agentOf("work") != cut && runs("work"));
            assertThat(old.isAlive()).as("cut off, it could not know").isTrue();
            hosts.heal(cut);
            // on a slow machine its agent has asked it to stop before it has found out
            await("its process ends").until(() -> !old.isAlive() && gaveWay(cut, "work"));

            int frozen = leader();
            List<String> had = servicesOf(frozen);
            assertThat(had)
                    .as("Doctors are on hosts 1 and 2, the disk is on host 3")
                    .doesNotContain("disk");
            hosts.freeze(frozen);
            Instant frozenAt = Instant.now();
            notices(20);
            await("the other Doctor leads, and gives others what the frozen host had")
                    .until(() -> leader() != frozen
                            && agentOf("work") != frozen
                            && agentOf("after") != frozen
                            && runs("work")
                            && runs("after"));
            System.out.printf(
                    "The other Doctor led %.1f s after the leader was frozen.%n",
                    Duration.between(frozenAt, ledSince(3 - frozen)).toMillis() / 1000.0);
            hosts.thaw(frozen);
            await("what is thawed gives way").until(() -> had.stream().allMatch(name -> gaveWay(frozen, name)));

            await("every mission has ended").until(() -> missions("after").size() == sent);
            assertEveryMissionEndedOnce(journal);
            anAgentOfTheSameNameElsewhereTakesWhatTheFirstHadWhichStops(hosts, environment);
        }
    }

    private void anAgentOfTheSameNameElsewhereTakesWhatTheFirstHadWhichStops(
            Hosts hosts, Map<String, String> environment) throws Exception {
        ProcessHandle first = process(3, "disk");
        hosts.agent(1, "host3", PIPELINE, state(4), environment, "--label", "disk");
        await("the second agent runs the disk").until(() -> state(4, "disk").equals("RUNNING"));
        await("the first agent has stopped, with what it ran").until(() -> !first.isAlive() && pid(3, "disk") == 0);
        assertThat(Files.readString(state(3).resolve("agent.out")))
                .contains("another agent 'host3' has started")
                .contains("Give each agent a name of its own");
        assertThat(state(4, "disk")).isEqualTo("RUNNING");
    }

    /** When the Doctor of a host last wrote that it leads. */
    private Instant ledSince(int host) throws IOException {
        Instant since = Instant.MAX;
        for (String line : Files.readAllLines(state(host).resolve("logs/doctor.log"))) {
            if (line.contains("This Doctor leads")) {
                since = Instant.ofEpochMilli(
                        JSON.readTree(line).path("timestamp").asLong());
            }
        }
        return since;
    }

    private void assertEveryMissionEndedOnce(Path journal) throws Exception {
        for (String hippo : List.of("work", "after")) {
            assertThat(missions(hippo))
                    .hasSize(sent)
                    .allSatisfy(mission ->
                            assertThat(mission.path("is_success").asBoolean()).isTrue());
            assertThat(missions(hippo).stream()
                            .collect(groupingBy(
                                    mission -> mission.path("mission_id").asText(), counting())))
                    .as("finish messages of each mission of %s", hippo)
                    .hasSize(sent)
                    .allSatisfy((id, count) -> assertThat(count).isEqualTo(1));
        }
        assertThat(lines(journal, "begin")).as("no attempt was begun twice").doesNotHaveDuplicates();
        assertThat(lines(journal, "end").stream().distinct()).hasSize(sent);
    }

    private static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(500));
    }

    private Path state(int host) {
        return folder.resolve("host" + host);
    }

    private void notices(int more) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                kafka.clientProperties("notices"), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < more; i++) {
                producer.send(new ProducerRecord<>(
                        "frontier-adw",
                        "{\"table\":\"orders\",\"db\":\"shop\",\"method\":\"overwrite_partition\",\"exec_date\":\"1493394946\","
                                + "\"partition\":[{\"name\":\"part\",\"value\":\"p" + sent++ + "\"}]}"));
            }
        }
    }

    /** The host whose agent has a service, by the last word in the log; 0 for none. */
    private int agentOf(String service) throws Exception {
        int host = 0;
        for (JsonNode assignment : records("hippo-services", Long.MAX_VALUE)) {
            if (assignment.path("service_name").asText().equals(service)) {
                host = Integer.parseInt(assignment.path("agent").asText().substring("host".length()));
            }
        }
        return host;
    }

    private List<String> servicesOf(int host) throws Exception {
        List<String> services = new ArrayList<>();
        for (String service : List.of("work", "after", "disk")) {
            if (agentOf(service) == host) {
                services.add(service);
            }
        }
        return services;
    }

    /** The host whose Doctor says that it leads. */
    private int leader() throws Exception {
        int leader = 0;
        for (JsonNode beat : records("service-health", 40)) {
            if (beat.path("kind").asText().equals("doctor")
                    && beat.path("state").asText().equals("leading")) {
                leader = beat.path("service_pid").asLong() == pid(1, "doctor") ? 1 : 2;
            }
        }
        return leader;
    }

    private boolean runs(String service) throws Exception {
        int host = agentOf(service);
        return host != 0 && state(host, service).equals("RUNNING");
    }

    /** What an agent has written down of a process. */
    private String state(int host, String service) {
        return record(host, service)
                .map(record -> record.path("state").asText())
                .orElse("");
    }

    private boolean gaveWay(int host, String service) {
        return List.of("FENCED", "SLEEP").contains(state(host, service));
    }

    private long pid(int host, String service) {
        return record(host, service).map(record -> record.path("pid").asLong()).orElse(0L);
    }

    private ProcessHandle process(int host, String service) {
        return ProcessHandle.of(pid(host, service)).orElseThrow();
    }

    private Optional<JsonNode> record(int host, String service) {
        Path file = state(host).resolve("run/processes.json");
        try {
            for (JsonNode record :
                    Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createArrayNode()) {
                if (record.path("name").asText().equals(service)) {
                    return Optional.of(record);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<JsonNode> missions(String hippo) throws Exception {
        return records("hippo-finish", Long.MAX_VALUE).stream()
                .filter(message -> message.path("hippo_name").asText().equals(hippo))
                .toList();
    }

    private static List<String> lines(Path journal, String beginning) throws IOException {
        return Files.readAllLines(journal).stream()
                .filter(line -> line.startsWith(beginning + " "))
                .toList();
    }

    private List<JsonNode> records(String topic, long last) throws Exception {
        List<JsonNode> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", topic)) {
            reader.start(last);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    JsonNode json = JSON.readTree(record.value());
                    if (!json.path("service_name").asText().startsWith("agent/") || !topic.equals("hippo-services")) {
                        records.add(json);
                    }
                }
            }
        }
        return records;
    }
}
