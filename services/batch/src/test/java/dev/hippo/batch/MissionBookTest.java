// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which mission is started by what, and what becomes of it. */
class MissionBookTest extends BookHarness {
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
    void whatWasBrokenOffBeginsAgainAsTheNextAttemptAlsoWhenAllSlotsWereTaken() throws Exception {
        hippo("subscribe: frontier-adw", "concurrency: 1");
        notice("t", "p1", 1);
        notice("t", "p2", 1);
        assertThat(launched).hasSize(1);
        restart("subscribe: frontier-adw", "concurrency: 1");
        book.interrupted(launched.get(0).id());
        turn();
        assertThat(launched).extracting(Mission::attempt).containsExactly(1, 2);
        assertThat(launched.get(1).id()).isEqualTo(launched.get(0).id());
        assertThat(launched.get(1).failures()).as("it is no failure").isZero();
    }
}
