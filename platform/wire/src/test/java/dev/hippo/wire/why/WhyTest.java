// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PartitionColumn.Transform;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.pipeline.RuleSpec.TableClosed;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
                Map.of("notices", new Reading(true, 7, true, 2, 0), "hippo-finish", new Reading(true, 3, false, 0, 0)));
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
                JSON.readTree(
                        "{\"since\": \"2017-04-05T11:00:00Z\", \"parts\": [{\"waiting\": [{\"topic\": \"notices\","
                                + " \"partition\": 0, \"offset\": 10}]}, {}]}"));
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

    @Test
    void ofACountItIsToldHowManyHaveComeAndHowManyAreMissing() throws Exception {
        String rule = "{count: 3, of: {any: [{topic: notices, table: clicks}, {hippo: load}]}, within: 2h}";
        assertThat(why(rule).get(0)).startsWith("no-message: none counts yet of 3; no message about '201703'");
        String text = "3 of any of [table clicks on notices, hippo load]";
        states.put(
                "ads/sums/gathering/" + text + "|201703",
                JSON.readTree(
                        "{\"since\": \"2017-04-05T11:00:00Z\", \"parts\": [{\"waiting\": [{\"topic\": \"notices\","
                                + " \"partition\": 0, \"offset\": 10}, {\"topic\": \"notices\", \"partition\": 0, \"offset\": 12}]}]}"));
        assertThat(why(rule))
                .containsExactly("waiting: has 2 of 3: notices/0/10, notices/0/12; waits for 1 more; since"
                        + " 2017-04-05T11:00:00Z, until 2017-04-05T13:00:00Z, then it fails");
    }

    @Test
    void ofAlternativesEachIsTold() throws Exception {
        messages.add(message("notices", notice("views", "")));
        assertThat(
                        why(
                                "{all: [{any: [{topic: notices, table: clicks}, {hippo: load}]}, {topic: notices, table: views}]}"))
                .singleElement()
                .asString()
                .contains(
                        "table is 'views', wanted is 'clicks'; or no message about '201703' is on topic 'hippo-finish'");
    }

    @Test
    void aPartitionThatIsNotOverSaysWhatItWaitsFor() throws Exception {
        TableClosed closed =
                new TableClosed("hippo-finish", "ads", "hourly", "hour", Transform.HOUR, Duration.ZERO, Map.of());
        JsonNode state = JSON.readTree("{\"newest\": \"2017-03-31T22:00:00Z\", \"open\": [{\"due\":"
                + " \"2017-03-31T23:00:00Z\", \"partition\": {\"hour\": \"2017033122\"}}]}");
        assertThat(NotToldByMessages.closed("r", closed, "2017033122", state))
                .isEqualTo(new Why.Answer(
                        Why.Verdict.WAITING,
                        "r",
                        "it has rows, and is over when a partition has some that begins at 2017-03-31T23:00:00Z or later;"
                                + " the newest that has rows begins at 2017-03-31T22:00:00Z"));
        assertThat(NotToldByMessages.closed("r", closed, "2017033121", state).text())
                .contains("or it was over before");
        assertThat(NotToldByMessages.closed("r", closed, "2017033121", null).text())
                .isEqualTo("no commit to table 'ads.hourly' has been heard of");
    }

    @Test
    void ofEventsItIsToldWhetherAllAreRead() {
        EventCame event = new EventCame("orders", Map.of(), List.of("customer"));
        assertThat(NotToldByMessages.event("r", event, "7", orders(0)).text())
                .isEqualTo(
                        "no mission of such an event is known; all that is on topic 'orders' has been read (9 records)");
        assertThat(NotToldByMessages.event("r", event, "7", orders(4)).verdict())
                .isEqualTo(Why.Verdict.NOT_READ);
        assertThat(NotToldByMessages.event("r", new EventCame("orders", Map.of(), List.of()), "7", orders(0))
                        .text())
                .contains("ask without one");
    }

    private static Evidence orders(long unread) {
        return new Evidence(
                Map.of("orders", new Reading(true, 9, false, 0, unread)),
                List.of(),
                Map.of(),
                List.of(),
                Map.of(),
                Map.of(),
                null,
                NOON);
    }

    @Test
    void onlyRecordsThatWhyTellsOfAreRead() {
        assertThat(Stream.of("control", "mission/m1", "gathering/r|1", "closing/c", "schedule/s"))
                .allMatch(EvidenceReader::asked);
        assertThat(EvidenceReader.asked("place")).as("is no JSON").isFalse();
    }
}
