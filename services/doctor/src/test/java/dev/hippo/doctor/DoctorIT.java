// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.doctor.api.OpenApiShape;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.FinishMessage;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.ServiceHealth;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Doctor's process beside a broker; the tests are the hippos. */
class DoctorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static int number;

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;

    @TempDir
    Path folder;

    private final String pipeline = "ads" + number++;
    private KafkaConnection kafka;
    private KafkaProducer<byte[], byte[]> producer;
    private DoctorProcess doctor;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void makePipeline() throws Exception {
        Files.writeString(folder.resolve("nightly.sh"), "true\n");
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: %s
                kafka: {bootstrapServers: "%s"}
                hippos:
                  nightly: {subscribe: frontier-adw, publish: hippo-finish, run: bash nightly.sh}
                """.formatted(pipeline, broker.bootstrapServers()));
        PipelineSpec spec = PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                .spec();
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(spec, kafka, PATIENCE);
        Map<String, Object> client = new HashMap<>(kafka.clientProperties("test"));
        client.put("transactional.id", pipeline);
        producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        doctor = new DoctorProcess(folder);
        doctor.start();
    }

    @AfterEach
    void endAll() throws Exception {
        producer.close();
        doctor.kill();
    }

    private Mission accepted(int i) {
        return Mission.accepted(
                "m" + i,
                pipeline,
                "nightly",
                PartitionValues.of("part", "p" + i),
                new DataVersion(NOON, 0),
                new Trigger("table orders", "orders", List.of()),
                Map.of("mode", "full"),
                NOON.plusMillis(i));
    }

    private void write(Mission mission) {
        producer.send(new ProducerRecord<>(
                ControlTopics.MISSIONS, mission.key().getBytes(StandardCharsets.UTF_8), mission.toBytes()));
    }

    private void committed(Runnable work) {
        producer.beginTransaction();
        work.run();
        producer.commitTransaction();
    }

    /** What a hippo writes about a mission that goes well; and one that was not to be, in a transaction that is broken off. */
    private void live(int i) {
        Mission accepted = accepted(i);
        committed(() -> write(accepted));
        Mission running = accepted.started("/log/" + i, NOON);
        committed(() -> write(running));
        if (i % 7 == 0) {
            producer.beginTransaction();
            write(accepted(1_000_000 + i));
            write(running.cancelled(NOON));
            producer.flush();
            producer.abortTransaction();
        }
        committed(() -> write(running.succeeded(JsonNodeFactory.instance.objectNode(), NOON)));
    }

    /** Each mission's changes, as the database has them. */
    private Map<String, List<String>> histories() throws Exception {
        Map<String, List<String>> histories = new TreeMap<>();
        String next = "";
        do {
            JsonNode page = doctor.get("/missions?limit=100" + (next.isEmpty() ? "" : "&cursor=" + next));
            for (JsonNode mission : page.path("missions")) {
                String id = mission.path("mission_id").asText();
                List<String> changes = new ArrayList<>();
                doctor.get("/missions/" + id)
                        .path("events")
                        .forEach(event -> changes.add(event.path("status").asText()));
                assertThat(histories.put(id, changes)).isNull();
            }
            next = page.path("next").asText();
        } while (!next.isEmpty());
        return histories;
    }

    @Test
    void killedAtAnyTimeItLosesNothingAndCountsNothingTwice() throws Exception {
        int missions = 120;
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < missions; i++) {
            live(i);
            ids.add("m" + i);
            if (i % 30 == 29) {
                // it is in the middle of it: what came before is being read
                int seen = i - 29;
                doctor.ready();
                await().atMost(PATIENCE)
                        .until(() ->
                                doctor.call("GET", "/missions/m" + seen, "").statusCode() == 200);
                live(missions + i);
                ids.add("m" + (missions + i));
                doctor.kill();
                doctor.start();
            }
        }
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/missions?status=succeeded&limit=500")
                                .path("missions")
                                .size()
                        == ids.size());
        Map<String, List<String>> told = histories();
        assertThat(told.keySet()).isEqualTo(ids);
        assertThat(told)
                .allSatisfy((id, changes) -> assertThat(changes).containsExactly("queued", "running", "succeeded"));

        doctor.kill();
        try (Stream<Path> files = Files.list(folder.resolve(".hippo/doctor"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        doctor.start();
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/missions?status=succeeded&limit=500")
                                .path("missions")
                                .size()
                        == ids.size());
        assertThat(histories()).isEqualTo(told);
    }

    @Test
    void itTellsOfServicesMissionsAndTablesAndPassesOrdersOn() throws Exception {
        OpenApiShape document = new OpenApiShape(doctor.get("/openapi.json"));
        committed(() -> {
            live1();
            producer.send(new ProducerRecord<>(
                    ControlTopics.SERVICE_HEALTH,
                    ServiceHealth.of("gate", "/srv", 4711, Duration.ofSeconds(1), Duration.ofDays(1), "")
                            .put("pipeline", pipeline)
                            .put("kind", "frontier")
                            .put("state", "running")
                            .toString()
                            .getBytes(StandardCharsets.UTF_8)));
            producer.send(new ProducerRecord<>(
                    ControlTopics.FINISH,
                    new FinishMessage("lake", "adw", pipeline, "append", List.of(Map.of("day", "20170405")), 9, 3, NOON)
                            .toBytes()));
            producer.send(new ProducerRecord<>(
                    "frontier-adw",
                    "{\"table\": \"orders%s\", \"partitions\": [\"p1\"]}"
                            .formatted(pipeline)
                            .getBytes(StandardCharsets.UTF_8)));
            producer.send(new ProducerRecord<>(ControlTopics.FINISH, "no json".getBytes(StandardCharsets.UTF_8)));
        });
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/unreadable").path("unreadable").size() > 0);

        JsonNode services = doctor.get("/services");
        document.holds("GET", "/services", 200, services);
        assertThat(services.path("services"))
                .anyMatch(service -> service.path("name").asText().equals("gate")
                        && service.path("state").asText().equals("running"));
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/services").path("services").findValuesAsText("name").stream()
                        .anyMatch(name -> name.startsWith("doctor-")));
        JsonNode topics = doctor.get("/topics");
        document.holds("GET", "/topics", 200, topics);
        assertThat(topics.path("topics").findValuesAsText("topic")).contains("frontier-adw", "hippo-missions");
        document.holds("GET", "/tables/{name}", 200, doctor.get("/tables/" + pipeline + "?db=adw"));
        JsonNode tables = doctor.get("/tables");
        document.holds("GET", "/tables", 200, tables);
        assertThat(tables.path("tables"))
                .anyMatch(table -> table.path("table").asText().equals(pipeline)
                        && table.path("version").asInt() == 3
                        && table.path("partitions")
                                .path(0)
                                .path("partition")
                                .asText()
                                .equals("day=20170405"));
        document.holds("GET", "/unreadable", 200, doctor.get("/unreadable"));
        document.holds("GET", "/missions", 200, doctor.get("/missions?limit=1"));
        document.holds("GET", "/missions/{id}", 200, doctor.get("/missions/m1"));
        document.holds("GET", "/missions/{id}", 200, doctor.get("/missions/m2"));
        JsonNode rules = doctor.get("/rules");
        document.holds("GET", "/rules", 200, rules);
        assertThat(rules.path("hippos")
                        .path(0)
                        .path("last_mission")
                        .path("mission_id")
                        .asText())
                .isEqualTo("m2");
        JsonNode why = doctor.get("/why?hippo=nightly&partition=p1");
        document.holds("GET", "/why", 200, why);
        assertThat(why.path("answers"))
                .extracting(answer -> answer.path("verdict").asText())
                .containsExactly("not-running", "started", "not-read");
        JsonNode trace = doctor.get("/trace?table=" + pipeline + "&partition=20170405");
        document.holds("GET", "/trace", 200, trace);
        assertThat(trace.path("messages").path(0).path("rows").asInt()).isEqualTo(9);
        await("the topic of the notices is read too")
                .atMost(PATIENCE)
                .until(() -> doctor.call("GET", "/trace?table=orders" + pipeline + "&partition=p1", "")
                                .statusCode()
                        == 200);

        assertThat(doctor.call("POST", "/missions/m1/cancel", "").statusCode()).isEqualTo(409);
        assertThat(doctor.call("POST", "/missions/m2/retry", "").statusCode()).isEqualTo(409);
        HttpResponse<String> run = doctor.call(
                "POST",
                "/missions",
                "{\"hippo\": \"nightly\", \"partition\": {\"part\": \"p9\"}, \"parameters\": {\"mode\": \"fast\"}}");
        assertThat(run.statusCode()).as(run.body()).isEqualTo(202);
        document.holds("POST", "/missions", 202, JSON.readTree(run.body()));
        String retried = orderedBy(doctor.call("POST", "/missions/m1/retry", ""));
        assertThat(orderedBy(doctor.call("POST", "/missions/m2/cancel", ""))).isEqualTo("m2");
        String range = "{\"hippo\": \"nightly\", \"column\": \"part\", \"partitions\": [\"p1\", \"p8\"]}";
        JsonNode backfill =
                JSON.readTree(doctor.call("POST", "/backfill", range).body());
        document.holds("POST", "/backfill", 202, backfill);
        assertThat(backfill.path("partitions"))
                .extracting(each -> each.path("partition").asText() + " "
                        + each.path("status").asText())
                .containsExactly("part=p1 failed", "part=p8 new");
        // the same again, before anything of it is heard, orders the same mission
        assertThat(JSON.readTree(doctor.call("POST", "/backfill", range).body()).path("partitions"))
                .isEqualTo(backfill.path("partitions"));
        HttpResponse<String> replay = doctor.call(
                "POST", "/replay", "{\"topic\": \"frontier-adw\", \"into\": \"again-%s\"}".formatted(pipeline));
        assertThat(replay.statusCode()).as(replay.body()).isEqualTo(202);
        document.holds("POST", "/replay", 202, JSON.readTree(replay.body()));
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/replay")
                        .path("replays")
                        .path(0)
                        .path("state")
                        .asText()
                        .equals("done"));
        document.holds("GET", "/replay", 200, doctor.get("/replay"));
        JsonNode counted = JSON.readTree(doctor.call(
                        "POST", "/replay", "{\"topic\": \"frontier-adw\", \"hippo\": \"nightly\", \"dry_run\": true}")
                .body());
        assertThat(counted.path("records"))
                .isEqualTo(doctor.get("/replay").path("replays").path(0).path("records"));
        HttpResponse<String> paused = doctor.call("POST", "/rules/nightly/pause", "");
        document.holds("POST", "/rules/{hippo}/pause", 202, JSON.readTree(paused.body()));
        assertThat(doctor.call("POST", "/rules/nightly/rewind", "{\"to\": \"frontier-adw/0@1\", \"rerun\": true}")
                        .statusCode())
                .isEqualTo(202);
        List<MissionCommand> commands = commands();
        assertThat(commands)
                .extracting(MissionCommand::action)
                .containsExactly(
                        MissionCommand.Action.RUN,
                        MissionCommand.Action.RETRY,
                        MissionCommand.Action.CANCEL,
                        MissionCommand.Action.RUN,
                        MissionCommand.Action.RUN,
                        MissionCommand.Action.PAUSE,
                        MissionCommand.Action.REWIND);
        assertThat(commands.get(3)).isEqualTo(commands.get(4));
        assertThat(commands.get(3).partition()).isEqualTo(PartitionValues.of("part", "p8"));
        assertThat(commands.get(6).parameters())
                .containsOnly(Map.entry("to", "frontier-adw/0@1"), Map.entry("rerun", "true"));
        HippoControl control = HippoControl.none(pipeline, "nightly")
                .paused(true, NOON)
                .answered(commands.get(5).id(), true, "paused");
        committed(() -> producer.send(new ProducerRecord<>(
                ControlTopics.MISSIONS, control.key().getBytes(StandardCharsets.UTF_8), control.toBytes())));
        await().atMost(PATIENCE)
                .until(() -> doctor.get("/rules")
                        .path("hippos")
                        .path(0)
                        .path("paused")
                        .asBoolean());
        document.holds("GET", "/rules", 200, doctor.get("/rules"));
        assertThat(commands.get(0).id())
                .isEqualTo(JSON.readTree(run.body()).path("mission_id").asText());
        assertThat(commands.get(0).partition()).isEqualTo(PartitionValues.of("part", "p9"));
        assertThat(commands.get(0).parameters()).containsExactly(Map.entry("mode", "fast"));
        assertThat(commands.get(1).id()).isEqualTo(retried);
        assertThat(commands.get(1).mission()).isEqualTo("m1");
        assertThat(commands.get(2).mission()).isEqualTo("m2");
        assertThat(commands).allMatch(command -> command.hippo().equals("nightly"));

        doctor.process().destroy();
        assertThat(doctor.process().waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(doctor.process().exitValue()).isZero();
    }

    /** m1 has failed once and then for good, m2 runs. */
    private void live1() {
        Mission.Failure failure = new Mission.Failure(Mission.Failure.Kind.EXIT, "exit status 3");
        Mission running = accepted(1).started("/log/1", NOON);
        Mission again = running.retrying(failure, NOON.plusSeconds(9)).started("/log/2", NOON);
        write(running);
        write(running.retrying(failure, NOON.plusSeconds(9)));
        write(again);
        write(again.failed(failure, JsonNodeFactory.instance.objectNode(), NOON));
        write(accepted(2).started("/log/3", NOON));
    }

    private static String orderedBy(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return JSON.readTree(answer.body()).path("mission_id").asText();
    }

    private List<MissionCommand> commands() throws Exception {
        List<MissionCommand> commands = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "commands", ControlTopics.COMMANDS)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    MissionCommand command = MissionCommand.fromBytes(record.value());
                    if (command.pipeline().equals(pipeline)) {
                        commands.add(command);
                    }
                }
            }
        }
        return commands;
    }
}
