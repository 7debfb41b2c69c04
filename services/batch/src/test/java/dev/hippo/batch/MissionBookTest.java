// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionStatus;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.mission.Trigger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissionBookTest {
    private static final String TOPIC = "frontier-adw";

    @TempDir
    Path folder;

    private final Map<String, byte[]> written = new LinkedHashMap<>();
    private final List<Mission> launched = new ArrayList<>();
    private final List<Mission> finished = new ArrayList<>();
    private final List<Mission> toEnd = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-21T10:00:00Z");
    private long offset;
    private MissionBook book;

    @BeforeEach
    void anyNotice() throws Exception {
        hippo("subscribe: frontier-adw");
    }

    /** A hippo with these further lines. */
    private void hippo(String... lines) throws Exception {
        HippoSettings.Batch settings = settings(lines);
        book = new MissionBook("test", "nightly", settings);
        book.begin(now);
    }

    private HippoSettings.Batch settings(String... lines) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: test\nhippos:\n  nightly:\n    run: echo hello\n    " + String.join("\n    ", lines) + "\n");
        PipelineReading reading = PipelineFile.read(file, null, Map.of());
        assertThat(reading.findings()).isEmpty();
        PipelineSpec spec = reading.spec();
        assertThat(spec).isNotNull();
        return spec.hippos().get("nightly").settings(HippoSettings.Batch.class);
    }

    /** What a new process knows: what was written. */
    private void restart(String... lines) throws Exception {
        MissionBook fresh = new MissionBook("test", "nightly", settings(lines));
        for (Map.Entry<String, byte[]> record : written.entrySet()) {
            if (record.getKey().contains("/schedule/")) {
                fresh.restore(ScheduleMark.fromBytes(record.getValue()));
            } else if (record.getKey().contains("/closing/")) {
                fresh.restore(OpenPartitions.fromBytes(record.getValue()));
            } else if (record.getKey().endsWith("/control")) {
                fresh.restore(HippoControl.fromBytes(record.getValue()));
            } else if (record.getKey().contains("/gathering/")) {
                fresh.restore(Gathering.fromBytes(record.getValue()));
            } else {
                fresh.restore(Mission.fromBytes(record.getValue()));
            }
        }
        fresh.begin(now);
        book = fresh;
    }

    private void turn() {
        book.tick(now);
        Changes changes = book.take();
        written.putAll(changes.states());
        launched.addAll(changes.launches());
        finished.addAll(changes.finishes());
        toEnd.addAll(changes.ends());
    }

    private void message(String topic, String json) throws Exception {
        for (Signal signal : SignalReader.read(json.getBytes(StandardCharsets.UTF_8), now)) {
            book.signal(topic, signal, new Trigger.Source(topic, 0, offset, signal.message()), now);
        }
        offset++;
        turn();
    }

    private void notice(String table, String partition, long execDate) throws Exception {
        message(
                TOPIC,
                "{\"table\":\"" + table + "\",\"partition\":[{\"name\":\"yyyymm\",\"value\":\"" + partition
                        + "\"}],\"db\":\"btd\",\"exec_date\":" + execDate + "}");
    }

    private void end(Mission mission, Failure.Kind... failure) {
        book.attemptEnded(
                failure.length == 0
                        ? new AttemptEnd(mission.id(), mission.attempt(), null, JsonNodeFactory.instance.objectNode())
                        : AttemptEnd.failed(mission.id(), mission.attempt(), failure[0], "because"),
                now);
        turn();
    }

    private void later(Duration time) {
        now = now.plus(time);
        turn();
    }

    @Test
    void aNoticeThatComesTwiceIsOneMission() throws Exception {
        notice("t", "201703", 1);
        notice("t", "201703", 1);
        end(launched.get(0));
        notice("t", "201703", 1);
        assertThat(launched).hasSize(1);
        assertThat(finished).extracting(Mission::status).containsExactly(MissionStatus.SUCCEEDED);
    }

    @Test
    void aNewerNoticeRunsAgainAndAnOlderOneDoesNot() throws Exception {
        notice("t", "201703", 5);
        end(launched.get(0));
        notice("t", "201703", 4);
        assertThat(launched).hasSize(1);
        notice("t", "201703", 6);
        assertThat(launched).hasSize(2);
        assertThat(launched.get(1).id()).isNotEqualTo(launched.get(0).id());
    }

    @Test
    void skipTakesTheFirstAndQueueTakesEveryNotice() throws Exception {
        hippo("subscribe: frontier-adw", "repeat: skip");
        notice("t", "201703", 1);
        notice("t", "201703", 2);
        end(launched.get(0));
        assertThat(launched).hasSize(1);

        launched.clear();
        hippo("subscribe: frontier-adw", "repeat: queue");
        notice("t", "201703", 2);
        notice("t", "201703", 2);
        notice("t", "201703", 1);
        for (int i = 0; i < 3; i++) {
            end(launched.get(i));
        }
        assertThat(launched).hasSize(3);
    }

    @Test
    void whatIsNotAskedForStartsNothing() throws Exception {
        hippo("on: {topic: frontier-adw, db: btd, table: 'PARTY_*', partition: {YYYYMM: '2017*'}}");
        notice("OTHER", "201703", 1);
        notice("PARTY_A", "201603", 1);
        message("other-topic", "{\"table\":\"PARTY_A\",\"db\":\"btd\"}");
        message(TOPIC, "{\"table\":\"PARTY_A\",\"db\":\"btmp\"}");
        message(TOPIC, "{\"hippo_name\":\"PARTY_A\",\"is_success\":true}");
        assertThat(launched).isEmpty();
        notice("PARTY_A", "201703", 1);
        assertThat(launched).hasSize(1);
    }

    @Test
    void allInputsOfAPartitionAreOneMissionAndThoseOfAnotherAreAnother() throws Exception {
        hippo("on: {all: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}, {hippo: c}]}");
        notice("a", "201703", 1);
        notice("a", "201704", 1);
        notice("b", "201703", 3);
        message("hippo-finish", "{\"hippo_name\":\"c\",\"partition_values\":[\"201704\"],\"exec_date\":2}");
        assertThat(launched).isEmpty();
        message("hippo-finish", "{\"hippo_name\":\"c\",\"partition_values\":[\"201703\"],\"exec_date\":2}");
        assertThat(launched).hasSize(1);
        assertThat(launched.get(0).partition().values()).isEqualTo("201703");
        assertThat(launched.get(0).trigger().sources()).hasSize(3);
        assertThat(launched.get(0).version().executed()).isEqualTo(Instant.ofEpochSecond(3));
        notice("b", "201704", 1);
        assertThat(launched).extracting(mission -> mission.partition().values()).containsExactly("201703", "201704");
        // the same once more says nothing new
        notice("a", "201703", 1);
        notice("b", "201703", 3);
        assertThat(launched).hasSize(2);
    }

    @Test
    void whatIsIncompleteInTimeFailsAndSaysWhatIsMissing() throws Exception {
        String rule = "on: {all: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}], within: 2h}";
        hippo(rule);
        notice("a", "201703", 1);
        assertThat(book.nextDue()).isEqualTo(now.plus(Duration.ofHours(2)));
        later(Duration.ofMinutes(119));
        restart(rule);
        assertThat(finished).isEmpty();
        later(Duration.ofMinutes(1));
        assertThat(launched).isEmpty();
        assertThat(finished).singleElement().satisfies(mission -> {
            assertThat(mission.status()).isEqualTo(MissionStatus.FAILED);
            assertThat(mission.error().kind()).isEqualTo(Failure.Kind.INCOMPLETE);
            assertThat(mission.error().text()).contains("table b on frontier-adw");
        });
        later(Duration.ofHours(3));
        assertThat(finished).hasSize(1);
    }

    @Test
    void whatIsIncompleteInTimeRunsIfTheRuleSaysSo() throws Exception {
        hippo(
                "on: {all: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}], within: 2h, otherwise: run}");
        notice("a", "201703", 1);
        later(Duration.ofHours(2));
        assertThat(launched)
                .singleElement()
                .satisfies(mission -> assertThat(mission.trigger().sources()).hasSize(1));
    }

    @Test
    void aFailureStartsNothingUnlessARuleAsksForIt() throws Exception {
        String failure = "{\"hippo_name\":\"a\",\"is_success\":false,\"exec_date\":1}";
        hippo("on: {hippo: a}");
        message("hippo-finish", failure);
        assertThat(launched).isEmpty();
        hippo("on: {hippo: a, outcome: failure}");
        message("hippo-finish", failure);
        assertThat(launched).hasSize(1);
    }

    @Test
    void aFailedAttemptIsRepeatedLaterAndLaterUntilThereAreNoMore() throws Exception {
        hippo("subscribe: frontier-adw", "retry: {attempts: 3, backoff: 10s}");
        notice("t", "201703", 1);
        end(launched.get(0), Failure.Kind.EXIT);
        assertThat(launched).hasSize(1);
        later(Duration.ofSeconds(9));
        assertThat(launched).hasSize(1);
        later(Duration.ofSeconds(1));
        assertThat(launched).hasSize(2);
        end(launched.get(1), Failure.Kind.LOST);
        later(Duration.ofSeconds(19));
        assertThat(launched).hasSize(2);
        later(Duration.ofSeconds(1));
        assertThat(launched).extracting(Mission::attempt).containsExactly(1, 2, 3);
        assertThat(launched)
                .extracting(Mission::id)
                .containsOnly(launched.get(0).id());
        end(launched.get(2), Failure.Kind.EXIT);
        assertThat(finished).extracting(Mission::status).containsExactly(MissionStatus.FAILED);
    }

    @Test
    void anErrorThatIsNotToBeRetriedIsFinal() throws Exception {
        hippo("subscribe: frontier-adw", "retry: {attempts: 3, on: [lost]}");
        notice("t", "201703", 1);
        end(launched.get(0), Failure.Kind.EXIT);
        assertThat(finished).extracting(Mission::status).containsExactly(MissionStatus.FAILED);
    }

    @Test
    void anAttemptThatTakesTooLongIsEndedAndCountsAsTimeout() throws Exception {
        hippo("subscribe: frontier-adw", "timeout: 30m");
        notice("t", "201703", 1);
        later(Duration.ofMinutes(29));
        assertThat(toEnd).isEmpty();
        later(Duration.ofMinutes(1));
        later(Duration.ofMinutes(1));
        assertThat(toEnd).hasSize(1);
        end(launched.get(0), Failure.Kind.EXIT);
        assertThat(finished.get(0).error().kind()).isEqualTo(Failure.Kind.TIMEOUT);
    }

    @Test
    void missionsOfOnePartitionRunOneAfterTheOtherAndOthersBesideThem() throws Exception {
        hippo("subscribe: frontier-adw", "concurrency: 2");
        notice("t", "1", 1);
        notice("t", "1", 2);
        notice("t", "2", 1);
        notice("t", "3", 1);
        assertThat(launched).extracting(mission -> mission.partition().values()).containsExactly("1", "2");
        end(launched.get(1));
        assertThat(launched).extracting(mission -> mission.partition().values()).containsExactly("1", "2", "3");
        end(launched.get(0));
        assertThat(launched).extracting(mission -> mission.partition().values()).containsExactly("1", "2", "3", "1");
    }

    @Test
    void theHigherPriorityBeginsFirstAndAmongTheSameTheOneThatCameFirst() throws Exception {
        hippo(
                "on: [{topic: frontier-adw, table: t}, {topic: frontier-adw, table: urgent, priority: 5}]",
                "concurrency: 1");
        notice("t", "1", 1);
        notice("t", "2", 1);
        notice("t", "3", 1);
        notice("urgent", "1", 1);
        notice("urgent", "2", 1);
        command("m9", MissionCommand.Action.RUN, "", Map.of("priority", "9"));
        for (int i = 0; i < 6; i++) {
            end(launched.get(i));
        }
        assertThat(launched)
                .extracting(mission ->
                        mission.priority() + " " + mission.partition().values())
                .containsExactly("0 1", "9 201703", "5 1", "5 2", "0 2", "0 3");
    }

    @Test
    void ofMissionsWithTheSameKeyOnlySoManyRun() throws Exception {
        hippo("subscribe: frontier-adw", "concurrency: {missions: 4, key: day, perKey: 2}");
        hour("t", "d1", "1", 1);
        hour("t", "d1", "2", 1);
        hour("t", "d1", "3", 1);
        hour("t", "d1", "4", 1);
        hour("t", "d2", "1", 1);
        notice("t", "none", 1);
        notice("t", "none2", 1);
        assertThat(launched)
                .extracting(mission -> mission.partition().values())
                .containsExactly("d1/1", "d1/2", "d2/1", "none");
        end(launched.get(2));
        end(launched.get(0));
        end(launched.get(1));
        assertThat(launched)
                .extracting(mission -> mission.partition().values())
                .containsExactly("d1/1", "d1/2", "d2/1", "none", "none2", "d1/3", "d1/4");
        for (int i = 3; i < 7; i++) {
            end(launched.get(i));
        }
        assertThat(book.open()).isEmpty();
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        String[] lines = {
            "on: {all: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}]}", "concurrency: 1"
        };
        hippo(lines);
        notice("a", "1", 1);
        notice("b", "1", 1);
        notice("a", "2", 1);
        notice("b", "2", 1);
        notice("a", "3", 1);
        assertThat(launched).hasSize(1);
        restart(lines);
        notice("a", "1", 1);
        notice("b", "1", 1);
        notice("b", "3", 1);
        assertThat(launched).hasSize(1);
        end(launched.get(0));
        end(launched.get(1));
        end(launched.get(2));
        assertThat(finished).extracting(mission -> mission.partition().values()).containsExactly("1", "2", "3");
        assertThat(book.open()).isEmpty();
    }

    @Test
    void aTimeStartsAMissionAndSaysWhichTimeItWas() throws Exception {
        hippo("on: {cron: '30 6 * * *', zone: Europe/Zurich}");
        turn();
        // ten in UTC is eleven in Zurich: the next half past six is tomorrow's
        assertThat(book.nextDue()).isEqualTo(Instant.parse("2026-11-22T05:30:00Z"));
        later(Duration.ofHours(19));
        assertThat(launched).isEmpty();
        later(Duration.ofMinutes(30));
        assertThat(launched)
                .extracting(mission -> mission.version().executed())
                .containsExactly(Instant.parse("2026-11-22T05:30:00Z"));
        later(Duration.ofMinutes(1));
        assertThat(launched).hasSize(1);
    }

    @Test
    void timesThatPassedMeanwhileAreMadeGoodAsTheRuleSays() throws Exception {
        for (String catchUp : List.of("all", "latest", "none")) {
            String rule = "on: {cron: '0 * * * *', catchUp: " + catchUp + "}";
            written.clear();
            launched.clear();
            now = Instant.parse("2026-11-21T10:00:00Z");
            hippo(rule);
            turn();
            now = now.plus(Duration.ofMinutes(190));
            restart(rule);
            turn();
            List<Instant> times = new ArrayList<>();
            for (int i = 0; i < launched.size(); i++) {
                times.add(launched.get(i).version().executed());
                end(launched.get(i));
            }
            assertThat(times)
                    .as(catchUp)
                    .containsExactlyElementsOf(
                            switch (catchUp) {
                                case "all" -> List.of(hour(11), hour(12), hour(13));
                                case "latest" -> List.of(hour(13));
                                default -> List.<Instant>of();
                            });
            launched.clear();
            later(Duration.ofMinutes(50));
            assertThat(launched)
                    .extracting(mission -> mission.version().executed())
                    .containsExactly(hour(14));
        }
    }

    private static Instant hour(int hour) {
        return Instant.parse("2026-11-21T" + hour + ":00:00Z");
    }

    @Test
    void aMissionCanBeRunRetriedAndCancelledByHand() throws Exception {
        command("m1", MissionCommand.Action.RUN, "");
        command("m2", MissionCommand.Action.RUN, "");
        assertThat(launched).extracting(Mission::id).containsExactly("m1");
        command("c1", MissionCommand.Action.CANCEL, "m2");
        assertThat(finished).extracting(Mission::status).containsExactly(MissionStatus.CANCELLED);
        command("c2", MissionCommand.Action.CANCEL, "m1");
        assertThat(toEnd).extracting(Mission::id).containsExactly("m1");
        end(launched.get(0), Failure.Kind.EXIT);
        assertThat(finished)
                .extracting(Mission::status)
                .containsExactly(MissionStatus.CANCELLED, MissionStatus.CANCELLED);
        command("m3", MissionCommand.Action.RETRY, "m1");
        assertThat(launched).extracting(Mission::id).containsExactly("m1", "m3");
        command("m4", MissionCommand.Action.RETRY, "nobody");
        assertThat(finished.get(2).error().text()).contains("mission nobody is not remembered");
    }

    @Test
    void whatComesWhileAHippoIsPausedWaitsAndRunsWhenItIsResumed() throws Exception {
        String[] lines = {"subscribe: frontier-adw", "retry: {attempts: 2, backoff: 10s}"};
        hippo(lines);
        notice("t", "1", 1);
        command("c1", MissionCommand.Action.PAUSE, "");
        notice("t", "2", 1);
        end(launched.get(0), Failure.Kind.EXIT);
        later(Duration.ofSeconds(10));
        assertThat(launched).hasSize(1);
        restart(lines);
        turn();
        notice("t", "3", 1);
        assertThat(launched).hasSize(1);
        assertThat(book.open()).hasSize(3).allMatch(mission -> mission.status() == MissionStatus.QUEUED);
        assertThat(control().paused()).isTrue();
        command("c2", MissionCommand.Action.RESUME, "");
        while (!book.open().isEmpty()) {
            end(launched.get(launched.size() - 1));
            book.open().stream()
                    .filter(mission -> mission.status() == MissionStatus.RUNNING)
                    .forEach(this::end);
        }
        assertThat(finished)
                .extracting(mission -> mission.partition().values())
                .containsExactlyInAnyOrder("1", "2", "3");
        assertThat(control()).isEqualTo(new HippoControl("test", "nightly", false, now, "c2", true, "resumed"));
    }

    @Test
    void whatIsReadAgainStartsOnlyWhatNeverWas() throws Exception {
        for (String repeat : List.of("rerun", "skip", "queue")) {
            launched.clear();
            offset = 0;
            hippo("subscribe: frontier-adw", "repeat: " + repeat);
            notice("t", "1", 1);
            notice("t", "2", 1);
            List.copyOf(launched).forEach(this::end);
            offset = 0;
            rewind("c" + repeat, 0, false);
            notice("t", "1", 1);
            notice("t", "2", 1);
            assertThat(launched).as(repeat).hasSize(2);
        }
    }

    @Test
    void aGatheringThatReadsAgainDoesNotTakeTheSameTwice() throws Exception {
        String[] lines = {
            "on: {all: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}]}", "repeat: queue"
        };
        hippo(lines);
        notice("a", "1", 1);
        notice("b", "1", 1);
        end(launched.get(0));
        restart(lines);
        offset = 1;
        rewind("c1", 1, false);
        notice("b", "1", 1);
        notice("a", "1", 2);
        assertThat(launched).hasSize(1);
        notice("b", "1", 2);
        assertThat(launched).hasSize(2);
    }

    @Test
    void aRewindRunsMissionsBehindThePointAgainOnceAndInTheirOrder() throws Exception {
        notice("t", "1", 1);
        end(launched.get(0));
        now = now.plusSeconds(1);
        notice("t", "1", 2);
        end(launched.get(1));
        notice("t", "2", 1);
        now = now.plusSeconds(1);
        rewind("c1", 1, true);
        assertThat(launched).hasSize(4);
        assertThat(control().answer()).isEqualTo("reads again from frontier-adw/0@1; missions that run again: 1");
        // the one that still runs is not doubled
        assertThat(launched.get(3).version()).isEqualTo(launched.get(1).version());
        assertThat(launched.get(3).id()).isNotEqualTo(launched.get(1).id());
        end(launched.get(2));
        end(launched.get(3));
        rewind("c2", 0, true);
        end(launched.get(4));
        end(launched.get(5));
        end(launched.get(6));
        assertThat(launched).hasSize(7);
        assertThat(book.open()).isEmpty();
    }

    @Test
    void soManyDifferentNoticesOfAPartitionAreOneMission() throws Exception {
        String[] lines = {"on: {count: 3, of: {topic: frontier-adw, table: t}, within: 2h}"};
        hippo(lines);
        notice("t", "1", 13);
        notice("t", "1", 13);
        notice("t", "2", 11);
        notice("t", "1", 11);
        restart(lines);
        notice("t", "1", 11);
        assertThat(launched).isEmpty();
        notice("t", "1", 12);
        assertThat(launched).singleElement().satisfies(mission -> {
            assertThat(mission.partition().values()).isEqualTo("1");
            assertThat(mission.trigger().sources()).hasSize(3);
            assertThat(mission.version().executed()).isEqualTo(Instant.ofEpochSecond(13));
        });
        end(launched.get(0));
        // what counted the last time does not count again, and older ones that come late do
        restart(lines);
        notice("t", "1", 12);
        notice("t", "1", 11);
        notice("t", "1", 10);
        notice("t", "1", 9);
        assertThat(launched).hasSize(1);
        notice("t", "1", 8);
        assertThat(launched).hasSize(2);
        later(Duration.ofHours(2));
        assertThat(finished.get(1).error().text()).contains("2 of 3 of table t on frontier-adw");
    }

    @Test
    void differentPartitionsThatAgreeInAColumnAreCounted() throws Exception {
        hippo("on: {count: 2, of: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}], by: day}");
        hour("a", "d1", "01", 1);
        hour("b", "d1", "01", 2);
        hour("a", "d2", "02", 1);
        notice("a", "d1", 1);
        assertThat(launched).isEmpty();
        hour("b", "d1", "02", 1);
        assertThat(launched)
                .singleElement()
                .satisfies(mission -> assertThat(mission.partition().columns()).isEqualTo(Map.of("DAY", "d1")));
    }

    private void hour(String table, String day, String hour, long execDate) throws Exception {
        message(
                TOPIC,
                "{\"table\":\"" + table + "\",\"partition_fields\":[\"DAY\",\"hour\"],\"partition_values\":[\"" + day
                        + "/" + hour + "\"],\"exec_date\":" + execDate + "}");
    }

    @Test
    void anyOfSeveralIsEnoughAloneAndWithinAll() throws Exception {
        String any = "{any: [{topic: frontier-adw, table: a}, {topic: frontier-adw, table: b}]}";
        hippo("on: " + any);
        notice("a", "1", 1);
        notice("b", "1", 1);
        assertThat(launched).hasSize(2);

        launched.clear();
        hippo("on: {all: [" + any + ", {topic: frontier-adw, table: c}]}");
        notice("a", "1", 1);
        notice("b", "1", 2);
        assertThat(launched).isEmpty();
        notice("c", "1", 1);
        assertThat(launched)
                .singleElement()
                .satisfies(mission ->
                        assertThat(mission.trigger().places()).isEqualTo("frontier-adw/0/3,frontier-adw/0/4"));
    }

    private void rewind(String id, long to, boolean rerun) {
        MissionCommand command = new MissionCommand(
                id,
                "test",
                "nightly",
                MissionCommand.Action.REWIND,
                "",
                PartitionValues.WHOLE,
                Map.of("rerun", Boolean.toString(rerun)));
        book.orders().rewound(command, new Rewinds.Way(Map.of(new TopicPartition(TOPIC, 0), to)), List.of(), now);
        turn();
    }

    private HippoControl control() throws Exception {
        return HippoControl.fromBytes(written.get("test/nightly/control"));
    }

    private void command(String id, MissionCommand.Action action, String mission) {
        command(id, action, mission, Map.of());
    }

    private void command(String id, MissionCommand.Action action, String mission, Map<String, String> parameters) {
        MissionCommand command = new MissionCommand(
                id, "test", "nightly", action, mission, PartitionValues.of("yyyymm", "201703"), parameters);
        book.orders()
                .take(
                        command,
                        new Trigger.Source("hippo-commands", 0, offset++, JsonNodeFactory.instance.objectNode()),
                        now);
        turn();
    }
}
