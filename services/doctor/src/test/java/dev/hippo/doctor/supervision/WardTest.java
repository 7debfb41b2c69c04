// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.service.AgentReport;
import dev.hippo.wire.service.AgentReport.Run;
import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Alert.Cause;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.ServiceState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A ward of two services, "a" on any host and "b" on one with a disk, and agents that the test plays; time passes in steps of a second. */
class WardTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Ward ward = new Ward(pipeline(), "doctor", now);
    private final Map<String, Set<String>> agents = new TreeMap<>();
    private final Map<String, Run> runs = new TreeMap<>();
    private final Map<String, String> agentOf = new TreeMap<>();
    private final Set<String> silent = new TreeSet<>();
    private final Map<String, Set<String>> declared = new TreeMap<>();
    private final Map<String, Long> lag = new TreeMap<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final List<Assignment> orders = new ArrayList<>();
    private long progress;
    private boolean progresses = true;
    private long offset = 10;

    private static PipelineSpec pipeline() {
        Map<String, HippoSpec> hippos = new LinkedHashMap<>();
        hippos.put("a", hippo("a", Set.of()));
        hippos.put("b", hippo("b", Set.of("disk")));
        return new PipelineSpec("shop", Path.of("/tmp"), new KafkaSpec.Embedded(0), Map.of(), Map.of(), hippos);
    }

    private static HippoSpec hippo(String name, Set<String> runsOn) {
        HippoSettings settings = new HippoSettings.Lake(Duration.ofSeconds(1), 1);
        return new HippoSpec(name, Kind.STREAM_ETL, List.of(), List.of(), List.of(), "127.0.0.1", 0, settings, runsOn);
    }

    /** So many seconds in which everybody who is not silent says what he has to say, and the Doctor decides; agents obey. */
    private void pass(int seconds) {
        for (int second = 0; second < seconds; second++) {
            now = now.plusSeconds(1);
            if (progresses) {
                progress++;
            }
            agents.forEach((agent, labels) -> {
                if (!silent.contains(agent)) {
                    List<Run> has = runs.values().stream()
                            .filter(run -> agent.equals(agentOf.get(run.service())))
                            .toList();
                    AgentReport report = new AgentReport(agent, labels, has, declared.get(agent));
                    alerts.addAll(ward.reported(report, false, Duration.ofSeconds(1), now));
                }
            });
            runs.forEach((name, run) -> {
                if (!silent.contains(name) && run.state() == ServiceState.RUNNING) {
                    ward.beats(
                            new Beat(
                                    name,
                                    "running",
                                    run.pid(),
                                    -1,
                                    Duration.ofSeconds(1),
                                    lag.getOrDefault(name, 0L),
                                    "at " + progress),
                            now);
                }
            });
            Decisions decisions = ward.decide(now);
            alerts.addAll(decisions.alerts());
            decisions.assignments().forEach(this::order);
        }
    }

    private void order(Assignment order) {
        Assignment written = order.at(offset++);
        orders.add(written);
        ward.assigned(written, now);
        if (!silent.contains(order.agent())
                && declared.getOrDefault(order.agent(), Set.of(order.service())).contains(order.service())) {
            long pid = 100 + written.epoch();
            runs.put(
                    order.service(),
                    new Run(order.service(), ServiceState.RUNNING, pid, written.epoch(), 0, "ready", ""));
            agentOf.put(order.service(), order.agent());
        }
    }

    private ServiceView view(String service) {
        return ward.services(now).stream()
                .filter(view -> view.name().equals(service))
                .findFirst()
                .orElseThrow();
    }

    private List<Cause> causes() {
        return alerts.stream().map(Alert::cause).toList();
    }

    private void twoAgents() {
        agents.put("one", Set.of("disk"));
        agents.put("two", Set.of("disk"));
        pass(5);
        alerts.clear();
        orders.clear();
    }

    @Test
    void nothingIsPlacedUntilEverybodyHasHadTimeToSpeak() {
        agents.put("one", Set.of());
        pass(2);
        assertThat(orders).isEmpty();
        pass(2);
        assertThat(orders).extracting(Assignment::service).containsExactly("a");
    }

    @Test
    void eachServiceGoesToTheAgentThatHasItsLabelsAndTheFewestServices() {
        agents.put("bare", Set.of());
        agents.put("disk", Set.of("disk", "gpu"));
        pass(5);
        assertThat(view("a").agent()).isEqualTo("bare");
        assertThat(view("b").agent()).isEqualTo("disk");
        assertThat(view("b").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(alerts).isEmpty();
    }

    @Test
    void aServiceWhoseLabelsNobodyHasRunsNowhereWhichIsToldOnce() {
        agents.put("bare", Set.of());
        pass(20);
        assertThat(view("b").state()).isEqualTo(ServiceState.SLEEP);
        assertThat(causes()).containsExactly(Cause.NO_PLACE);
        assertThat(alerts.get(0).text()).contains("[disk]").contains("hippo agent");
        agents.put("disk", Set.of("disk"));
        pass(2);
        assertThat(view("b").agent()).isEqualTo("disk");
    }

    @Test
    void theWorkOfALostAgentMovesToAnotherAndStaysThereWhenItComesBack() {
        twoAgents();
        assertThat(view("a").agent()).isEqualTo("one");
        silent.addAll(Set.of("one", "a"));
        pass(2);
        assertThat(view("a").state()).as("seen within two seconds").isEqualTo(ServiceState.UNKNOWN);
        pass(8);
        assertThat(orders).as("not yet lost").isEmpty();
        silent.remove("a");
        silent.add("a");
        pass(2);
        assertThat(orders).extracting(Assignment::service).containsExactly("a");
        assertThat(orders.get(0).agent()).isEqualTo("two");
        assertThat(causes()).startsWith(Cause.AGENT_LOST, Cause.MOVED);
        silent.clear();
        pass(3);
        assertThat(causes()).contains(Cause.AGENT_BACK);
        assertThat(view("a").agent()).isEqualTo("two");
        assertThat(orders).hasSize(1);
    }

    @Test
    void aServiceThatOutlivesItsAgentIsLeftWhereItIs() {
        twoAgents();
        silent.add("one");
        pass(30);
        assertThat(orders).isEmpty();
        assertThat(causes()).containsExactly(Cause.AGENT_LOST);
        assertThat(view("a").state()).isEqualTo(ServiceState.RUNNING);
        silent.add("a");
        pass(12);
        assertThat(orders).extracting(Assignment::agent).containsExactly("two");
    }

    @Test
    void aProcessThatLivesAndIsSilentIsKilledThreeTimesAndThenLeftToPeople() {
        twoAgents();
        silent.add("a");
        pass(2);
        assertThat(view("a").state()).isEqualTo(ServiceState.UNKNOWN);
        pass(60);
        assertThat(orders).hasSize(Ward.MOST_KILLS).allMatch(Assignment::kill);
        assertThat(orders).extracting(Assignment::agent).containsOnly("one");
        assertThat(causes()).containsExactly(Cause.HUNG, Cause.HUNG, Cause.HUNG, Cause.GAVE_UP);
        silent.clear();
        pass(2);
        assertThat(causes()).endsWith(Cause.RECOVERED);
    }

    @Test
    void aProcessThatFallsSilentAgainSoonAfterEachKillIsNotKilledForEver() {
        twoAgents();
        for (int round = 0; round < 10; round++) {
            silent.add("a");
            pass(13);
            silent.remove("a");
            pass(3);
        }
        assertThat(orders).hasSize(Ward.MOST_KILLS).allMatch(Assignment::kill);
        assertThat(causes()).contains(Cause.GAVE_UP);
        pass(70);
        silent.add("a");
        pass(13);
        assertThat(orders).as("forgiven").hasSize(Ward.MOST_KILLS + 1);
    }

    @Test
    void whatAnAgentHasStoppedIsGivenToOthersAtOnce() {
        twoAgents();
        Run run = runs.remove("a");
        ward.beats(new Beat("a", "stopped", run.pid(), -1, Duration.ofSeconds(1), 0, "at the end"), now);
        ward.reported(new AgentReport("one", Set.of("disk"), List.of()), true, Duration.ofSeconds(1), now);
        assertThat(view("a").state()).isEqualTo(ServiceState.UNKNOWN);
        assertThat(ward.decide(now.plusMillis(100)).assignments())
                .extracting(Assignment::agent)
                .containsExactly("two");
    }

    @Test
    void anAgentThatHasHadSomethingLongAgoIsNotMissed() {
        ward.assigned(
                Assignment.of("shop", "a", "gone", true, "ann", "once", now).at(1), now);
        ward.assigned(
                Assignment.of("shop", "b", "died", true, "ann", "once", now).at(2), now);
        ward.assigned(
                Assignment.of("shop", "a", "one", true, "ann", "later", now).at(3), now);
        agents.put("one", Set.of("disk"));
        pass(9);
        assertThat(causes()).doesNotContain(Cause.AGENT_LOST);
        pass(5);
        assertThat(alerts.stream().filter(alert -> alert.cause() == Cause.AGENT_LOST))
                .extracting(Alert::subject)
                .containsExactly("died");
    }

    @Test
    void aDoctorThatStandsByShowsALostAgentAndTellsWhenItLeadsWhatWasGivenUpBefore() {
        twoAgents();
        Run before = runs.get("a");
        Run dead = new Run("a", ServiceState.DEAD, 0, before.epoch(), 8, "8 deaths in a row", "");
        // what a Doctor that does not lead would tell is dropped, and it decides nothing
        ward.reported(new AgentReport("one", Set.of("disk"), List.of(dead)), false, Duration.ofSeconds(1), now);
        runs.put("a", dead);
        pass(2);
        assertThat(causes()).containsExactly(Cause.GAVE_UP);
        assertThat(ward.agents(now.plusSeconds(5))).extracting(AgentView::state).containsOnly("silent");
        assertThat(ward.agents(now.plusSeconds(11)))
                .extracting(AgentView::state)
                .containsOnly("lost");
    }

    @Test
    void whenKafkaIsAwayNobodyIsJudgedAndSilenceCountsFromItsReturn() {
        twoAgents();
        ward.kafkaIsAway();
        silent.addAll(Set.of("one", "two", "a", "b"));
        pass(120);
        assertThat(view("a").state()).isEqualTo(ServiceState.UNKNOWN);
        assertThat(view("a").reason()).contains("Kafka");
        assertThat(orders).isEmpty();
        assertThat(alerts).isEmpty();
        ward.kafkaIsBack(now);
        silent.clear();
        pass(20);
        assertThat(orders).isEmpty();
        assertThat(alerts).isEmpty();
        assertThat(view("a").state()).isEqualTo(ServiceState.RUNNING);
    }

    @Test
    void aServiceThatHasWorkAndGetsNowhereIsToldOnceUntilItGetsOn() {
        twoAgents();
        lag.put("a", 50L);
        pass(100);
        assertThat(alerts).as("it gets on").isEmpty();
        progresses = false;
        pass(100);
        assertThat(causes()).containsExactly(Cause.NO_PROGRESS);
        assertThat(alerts.get(0).text()).contains("50 events behind");
        progresses = true;
        pass(2);
        assertThat(causes()).containsExactly(Cause.NO_PROGRESS, Cause.RECOVERED);
        progresses = false;
        lag.put("a", 0L);
        pass(100);
        assertThat(causes()).as("no work, no progress").hasSize(2);
        lag.put("a", -3L);
        pass(100);
        assertThat(causes())
                .as("a reader that is beyond the end it knows has no work")
                .hasSize(2);
    }

    @Test
    void deathsAndGivingUpAreToldAsTheAgentTellsThem() {
        twoAgents();
        Run before = runs.get("a");
        runs.put("a", new Run("a", ServiceState.RETRYING, 0, before.epoch(), 1, "it died", "killed by signal 9"));
        pass(1);
        assertThat(view("a").state()).isEqualTo(ServiceState.RETRYING);
        runs.put("a", new Run("a", ServiceState.RUNNING, 7, before.epoch(), 1, "pid 7", "killed by signal 9"));
        pass(2);
        assertThat(causes()).containsExactly(Cause.DIED, Cause.RECOVERED);
        assertThat(alerts.get(0).text()).contains("killed by signal 9");
        runs.put("a", new Run("a", ServiceState.DEAD, 0, before.epoch(), 8, "8 deaths in a row", ""));
        pass(30);
        assertThat(causes()).containsExactly(Cause.DIED, Cause.RECOVERED, Cause.GAVE_UP);
        assertThat(view("a").state()).isEqualTo(ServiceState.DEAD);
        assertThat(orders).as("moving it would only make it die elsewhere").isEmpty();
    }

    @Test
    void aDeathIsToldWithItsReasonThoughWhatTheAgentSaidBeforeTheRestartIsLost() {
        twoAgents();
        runs.put("a", new Run("a", ServiceState.STARTING, 7, runs.get("a").epoch(), 1, "restart 1", "out of memory"));
        pass(1);
        assertThat(causes()).containsExactly(Cause.DIED);
        assertThat(alerts.get(0).text()).isEqualTo("'a' died and is started again: out of memory");
    }

    @Test
    void aHeartbeatOfAProcessThatWasReplacedCountsNothing() {
        twoAgents();
        order(Assignment.of("shop", "a", "two", true, "ann", "moved", now));
        for (int second = 0; second < 30; second++) {
            pass(1);
            ward.beats(new Beat("a", "running", 4_711, 1, Duration.ofSeconds(1), 9, "of the old one"), now);
        }
        assertThat(alerts).isEmpty();
        assertThat(view("a").state()).isEqualTo(ServiceState.RUNNING);
        silent.add("a");
        for (int second = 0; second < 5; second++) {
            pass(1);
            ward.beats(new Beat("a", "running", 4_711, 1, Duration.ofSeconds(1), 9, "of the old one"), now);
        }
        assertThat(view("a").state()).isEqualTo(ServiceState.UNKNOWN);
    }

    @Test
    void whatAPersonHasStoppedSleepsUntilItIsStarted() {
        twoAgents();
        order(Assignment.of("shop", "a", "one", false, "ann", "stopped by ann", now));
        runs.put("a", new Run("a", ServiceState.SLEEP, 0, offset, 0, "stopped", ""));
        silent.addAll(Set.of("one", "a"));
        pass(60);
        assertThat(orders).extracting(Assignment::by).containsExactly("ann");
        assertThat(view("a").state()).isEqualTo(ServiceState.SLEEP);
    }

    @Test
    void whatTheFileOfItsAgentDoesNotHaveGoesToOneWhoseFileHasIt() {
        agents.put("old", Set.of("disk"));
        pass(5);
        declared.put("old", Set.of("a"));
        runs.remove("b");
        agents.put("new", Set.of("disk"));
        declared.put("new", Set.of("a", "b"));
        orders.clear();
        pass(3);
        assertThat(orders).extracting(Assignment::service, Assignment::agent).containsExactly(tuple("b", "new"));
        assertThat(causes()).containsExactly(Cause.OTHER_FILE, Cause.MOVED, Cause.RECOVERED);
        assertThat(alerts.get(1).text()).contains("'old' does not have it in its pipeline file");
    }

    @Test
    void whatTheFileOfNoAgentHasIsDeadWithTheReasonAndToldOnce() {
        agents.put("old", Set.of("disk"));
        declared.put("old", Set.of("a"));
        ward.assigned(
                Assignment.of("shop", "b", "old", true, "ann", "start", now).at(1), now);
        pass(20);
        assertThat(view("b").state()).isEqualTo(ServiceState.DEAD);
        assertThat(view("b").reason()).contains("'old' does not have it in its pipeline file", "start the agent");
        assertThat(causes()).containsExactly(Cause.OTHER_FILE, Cause.NO_PLACE);
        assertThat(orders).extracting(Assignment::service).containsExactly("a");
        declared.clear();
        runs.put("b", new Run("b", ServiceState.RUNNING, 9, 1, 0, "ready", ""));
        agentOf.put("b", "old");
        pass(3);
        assertThat(view("b").state()).isEqualTo(ServiceState.RUNNING);
        assertThat(causes()).containsExactly(Cause.OTHER_FILE, Cause.NO_PLACE, Cause.RECOVERED);
    }

    @Test
    void anAgentOfAnotherPipelineOfTheSameNameIsToldOnceAndGetsNothing() {
        agents.put("one", Set.of("disk"));
        declared.put("one", Set.of("a", "b"));
        agents.put("another", Set.of("disk"));
        declared.put("another", Set.of("orders", "bills"));
        pass(20);
        assertThat(causes()).containsExactly(Cause.OTHER_FILE);
        assertThat(alerts.get(0).subject()).isEqualTo("another");
        assertThat(alerts.get(0).text())
                .contains("it has [bills, orders]", "it does not have [a, b]", "give it another name");
        assertThat(orders).extracting(Assignment::agent).containsOnly("one");
    }

    @Test
    void aStopThatIsOrderedWhileTheServiceIsBeingMovedIsNotLost() {
        twoAgents();
        silent.addAll(Set.of("one", "a"));
        pass(9);
        Assignment stop = ward.command("a", false, "stopped by ann", now).orElseThrow();
        now = now.plusSeconds(5);
        ward.reported(
                new AgentReport("two", Set.of("disk"), List.of(runs.get("b"))), false, Duration.ofSeconds(1), now);
        assertThat(ward.decide(now).assignments())
                .as("the stop is on its way into the log, and the move that was due with it")
                .isEmpty();
        assertThat(view("a").epoch()).as("as the log has it").isLessThan(offset);
        order(stop);
        pass(20);
        assertThat(orders).extracting(Assignment::running).containsExactly(false);
        assertThat(view("a").state()).isEqualTo(ServiceState.SLEEP);
    }

    @Test
    void aStopByAnotherDoctorThatCameIntoTheLogBeforeADecisionWhichDidNotKnowOfItIsRepeated() {
        twoAgents();
        silent.addAll(Set.of("one", "a"));
        Assignment moved = null;
        while (moved == null) {
            now = now.plusSeconds(1);
            ward.reported(
                    new AgentReport("two", Set.of("disk"), List.of(runs.get("b"))), false, Duration.ofSeconds(1), now);
            moved = ward.decide(now).assignments().stream().findFirst().orElse(null);
        }
        assertThat(ward.decide(now).assignments()).as("not decided twice").isEmpty();
        order(Assignment.of("shop", "a", "one", false, "other doctor", "stopped by ann", now));
        assertThat(ward.decide(now).assignments()).as("its own comes next").isEmpty();
        order(moved);
        Assignment again = ward.decide(now).assignments().get(0);
        assertThat(again.running()).isFalse();
        assertThat(again.reason()).contains("stopped by ann");
        order(again);
        pass(20);
        assertThat(orders).hasSize(3);
    }

    @Test
    void whatAPersonOrderedAndKafkaDidNotTakeHoldsNothingUp() {
        twoAgents();
        silent.addAll(Set.of("one", "a"));
        pass(9);
        ward.withdraw(ward.command("a", false, "stopped by ann", now).orElseThrow());
        pass(5);
        assertThat(orders).extracting(Assignment::agent).containsExactly("two");
    }

    @Test
    void aWordOfAnAgentThatNoLongerHasTheServiceCountsNothing() {
        twoAgents();
        order(Assignment.of("shop", "a", "two", true, "ann", "moved", now));
        ward.reported(
                new AgentReport("one", Set.of(), List.of(new Run("a", ServiceState.DEAD, 0, 1, 8, "old", ""))),
                false,
                Duration.ofSeconds(1),
                now);
        pass(1);
        assertThat(view("a").state()).isEqualTo(ServiceState.RUNNING);
    }
}
