// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.mission.Trigger;
import dev.hippo.wire.why.Evidence.Message;
import dev.hippo.wire.why.Evidence.Reading;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhyTest {
    private static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private final List<Message> messages = new ArrayList<>();
    private final Map<String, Message> others = new HashMap<>();
    private final List<Mission> missions = new ArrayList<>();
    private final Map<String, JsonNode> states = new HashMap<>();
    private final Map<TopicPartition, Long> positions = new HashMap<>(Map.of(
            new TopicPartition("notices", 0), 100L,
            new TopicPartition("hippo-finish", 0), 100L));
    private String beat = "{\"state\": \"running\", \"interval\": 1000, \"sent_at\": \"2017-04-05T11:59:59Z\"}";
    private long offset = 10;

    private List<String> why(String on) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: ads\nhippos:\n  load: {subscribe: notices, run: 'true'}\n  sums: {run: 'true', on: " + on
                        + "}\n");
        HippoSpec hippo =
                PipelineFile.read(file, null, Map.of()).spec().hippos().get("sums");
        Map<String, Reading> topics = new HashMap<>(
                Map.of("notices", new Reading(true, 7, true, 2), "hippo-finish", new Reading(true, 3, false, 0)));
        Evidence evidence = new Evidence(
                topics,
                messages,
                others,
                missions,
                states,
                positions,
                beat.isEmpty() ? null : JSON.readTree(beat),
                NOON);
        return Why.answer("ads", hippo, hippo.settings(Batch.class).rules(), "201703", evidence).stream()
                .map(answer -> answer.verdict().word() + ": " + answer.text())
                .toList();
    }

    private Message message(String topic, String json) throws Exception {
        Signal signal =
                SignalReader.read(json.getBytes(StandardCharsets.UTF_8), NOON).get(0);
        return new Message(topic, 0, offset++, NOON, signal, signal.partitions().get(0));
    }

    private static String notice(String table, String more) {
        return "{\"table\": \"" + table + "\", \"db\": \"adw\", \"partitions\": [\"201703\"]" + more + "}";
    }

    private Mission mission(String rule, String place) {
        String[] parts = place.split("/", -1);
        return Mission.accepted(
                "m1",
                "ads",
                "sums",
                PartitionValues.of("yyyymm", "201703"),
                new DataVersion(NOON, 0),
                new Trigger(
                        rule,
                        "t",
                        List.of(new Trigger.Source(parts[0], 0, Long.parseLong(parts[2]), JSON.createObjectNode()))),
                Map.of(),
                NOON);
    }

    @Test
    void aNoticeThatNeverCameIsToldWithTheLastThatDid() throws Exception {
        others.put("notices", message("notices", "{\"table\": \"clicks\", \"partitions\": [\"201702\"]}"));
        assertThat(why("{topic: notices, table: clicks}"))
                .containsExactly(
                        "no-message: no message about '201703' is on topic 'notices' (7 records, older ones are"
                                + " deleted, 2 cannot be read: see hippo-rejected); the last about another partition is"
                                + " notices/0/10 about '201702' at 2017-04-05T12:00:00Z");
        assertThat(why("{topic: gone, table: clicks}"))
                .containsExactly("no-message: there is no topic 'gone' in Kafka; 'hippo up' makes it");
    }

    @Test
    void aNoticeThatDoesNotMatchIsToldFieldByField() throws Exception {
        messages.add(message("notices", notice("views", "")));
        messages.add(message("notices", notice("clicks", ", \"is_success\": false, \"partitions_name\": \"yyyymm\"")));
        messages.add(message("hippo-finish", "{\"hippo_name\": \"clicks\", \"partitions\": [\"201703\"]}"));
        assertThat(why("{topic: notices, table: clicks, partition: {YYYYMM: \"2018*\", region: eu}}"))
                .containsExactly(
                        "not-matching: notices/0/10 came at 2017-04-05T12:00:00Z, but table is 'views', wanted is"
                                + " 'clicks' and it names no column 'YYYYMM' (its partition is '201703'), wanted is 'YYYYMM=2018*'"
                                + " and it names no column 'region' (its partition is '201703'), wanted is 'region=eu';"
                                + " notices/0/11 came at 2017-04-05T12:00:00Z, but it tells of a failure, wanted is success and"
                                + " column YYYYMM is '201703', wanted is '2018*' and it names no column 'region' (its partition is"
                                + " 'yyyymm=201703'), wanted is 'region=eu'");
    }

    @Test
    void aNoticeThatMeetsTheRuleHasStartedAMissionOrIsNotReadOrIsNotNew() throws Exception {
        String rule = "{topic: notices, table: \"cl*\"}";
        messages.add(message("notices", notice("clicks", "")));
        positions.put(new TopicPartition("notices", 0), 10L);
        assertThat(why(rule).get(0))
                .startsWith("not-read: notices/0/10 came at")
                .endsWith("the hippo has not read it yet (it is at offset 10)");
        positions.put(new TopicPartition("notices", 0), 11L);
        assertThat(why(rule).get(0)).startsWith("seen-before: ").contains("'repeat' is rerun");
        missions.add(mission("table cl* on notices", "notices/0/10"));
        assertThat(why(rule).get(0)).startsWith("started: mission m1 is queued").contains("started by notices/0/10");
        assertThat(why(rule).get(1)).startsWith("started: notices/0/10 came at").endsWith("it has started a mission");
    }

    @Test
    void ofSeveralConditionsTheMissingOnesAreTold() throws Exception {
        String rule = "{all: [{topic: notices, table: clicks}, {hippo: load}], within: 2h}";
        String text = "all of [table clicks on notices, hippo load]";
        assertThat(why(rule).get(0)).startsWith("no-message: none of its conditions is met; it lacks table clicks");
        messages.add(message("notices", notice("clicks", "")));
        states.put(
                "ads/sums/gathering/" + text + "|201703",
                JSON.readTree("{\"since\": \"2017-04-05T11:00:00Z\", \"parts\": [{\"waiting\": {\"topic\": \"notices\","
                        + " \"partition\": 0, \"offset\": 10}}, {}]}"));
        assertThat(why(rule))
                .containsExactly(
                        "waiting: has table clicks on notices by notices/0/10; waits for hippo load (no message"
                                + " about '201703' is on topic 'hippo-finish' (3 records)); since 2017-04-05T11:00:00Z, until"
                                + " 2017-04-05T13:00:00Z, then it fails");
    }

    @Test
    void aHippoThatIsPausedOrDeadSaysSoFirst() throws Exception {
        states.put("ads/sums/control", JSON.readTree("{\"paused\": true, \"since\": \"2017-04-05T10:00:00Z\"}"));
        beat = "{\"state\": \"failed\", \"sent_at\": \"2017-04-05T11:00:00Z\", \"error_msg\": \"no Kafka\"}";
        assertThat(why("{cron: \"0 6 * * *\", zone: Europe/Zurich}"))
                .containsExactly(
                        "not-running: it died at 2017-04-05T11:00:00Z: no Kafka; what comes waits for it. See 'hippo status' and"
                                + " 'hippo logs sums'",
                        "paused: paused since 2017-04-05T10:00:00Z: what comes is queued and begins with 'hippo rules resume"
                                + " sums'",
                        "time: it waits for a time and not for a message; the next is 2017-04-06T06:00+02:00");
        beat = "";
        assertThat(why("{topic: notices}").get(0)).startsWith("not-running: no heartbeat of it came");
        beat = "{\"state\": \"running\", \"interval\": 1000, \"sent_at\": \"2017-04-05T11:59:50Z\"}";
        assertThat(why("{topic: notices}").get(0)).startsWith("not-running: its last heartbeat is 10 s old");
    }
}
