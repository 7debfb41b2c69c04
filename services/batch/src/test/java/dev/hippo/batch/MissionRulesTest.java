// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules of several messages, the order of missions, and what people say of all of a hippo's. */
class MissionRulesTest extends BookHarness {
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
}
