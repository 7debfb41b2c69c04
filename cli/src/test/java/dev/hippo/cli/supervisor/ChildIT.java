// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.cli.supervisor.Life.Event;
import dev.hippo.cli.supervisor.Life.State;
import dev.hippo.kit.ProcessLock;
import dev.hippo.kit.SteadyClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are small shell programs, under a clock that the test moves. */
class ChildIT {
    private static final Set<String> EXERCISED = new TreeSet<>();

    @TempDir
    private Path folder;

    private final List<Child> children = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @AfterEach
    void leaveNoProcess() {
        children.forEach(child -> child.record().living().ifPresent(ProcessHandle::destroyForcibly));
    }

    @AfterAll
    static void everyTransitionWasExercised() {
        Set<String> all = new TreeSet<>();
        for (State from : State.values()) {
            for (Event event : Event.values()) {
                try {
                    all.add(from + " -> " + Life.after(from, event));
                } catch (IllegalStateException e) {
                    // not in the table
                }
            }
        }
        assertThat(EXERCISED).isEqualTo(all);
    }

    private Path ready() {
        return folder.resolve("child.json");
    }

    private Path lock() {
        return folder.resolve("child.lock");
    }

    private ServiceCommand command(String script) {
        return new ServiceCommand("child", "test", List.of("/bin/bash", "-c", script), ready(), lock());
    }

    private Child child(String script) {
        Child child = new Child(command(script), folder.resolve("logs/child.out"), (at, name, from, to, reason) -> {
            EXERCISED.add(from + " -> " + to);
            reasons.add(reason);
        });
        children.add(child);
        return child;
    }

    /** A program that says that it is ready and then does the rest. */
    private String readyThen(String rest) {
        return "echo '{\"pid\": '$$', \"port\": 7}' > " + ready() + ".new; mv " + ready() + ".new " + ready() + "; "
                + rest;
    }

    private void reaches(Child child, State state) {
        await("the child is " + state, () -> {
            child.tick(now);
            return child.state() == state;
        });
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    private static ProcessHandle process(Child child) {
        return child.record().living().orElseThrow();
    }

    private void kill(Child child) {
        ProcessHandle process = process(child);
        process.destroyForcibly();
        process.onExit().join();
    }

    @Test
    void runningToRetryingWhenKilledAndToStartingWhenTheWaitIsOver() throws IOException {
        Child child = child(readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        long first = child.record().pid();
        kill(child);
        reaches(child, State.RETRYING);
        assertThat(reasons).last().isEqualTo("killed by signal 9");
        assertThat(child.record().pid()).isZero();
        child.tick(now.plusMillis(499));
        assertThat(child.state()).isEqualTo(State.RETRYING);
        now = now.plusMillis(500);
        child.tick(now);
        assertThat(child.state())
                .as("what the dead one left does not make it ready")
                .isEqualTo(State.STARTING);
        assertThat(child.run().death()).as("said again").isEqualTo("killed by signal 9");
        reaches(child, State.RUNNING);
        assertThat(child.record().pid()).isNotEqualTo(first);
        assertThat(child.record().restarts()).isEqualTo(1);
    }

    @Test
    void startingToRetryingToDeadWithTheLastLineItSaidAndToSleepWhenAsked() throws IOException {
        // what it says is no UTF-8, and that must not hurt the supervisor
        Child child = child("printf 'first\\n\\377 no contract\\n'; exit 2");
        child.launch(now, "first start");
        for (int death = 1; death < RestartSchedule.LIMIT; death++) {
            reaches(child, State.RETRYING);
            assertThat(reasons).last().asString().startsWith("exit status 2: ").endsWith(" no contract");
            now = now.plus(Duration.ofSeconds(30));
            child.tick(now);
        }
        reaches(child, State.DEAD);
        assertThat(reasons).last().asString().startsWith("8 deaths in a row").contains("hippo logs child");
        now = now.plus(Duration.ofDays(1));
        child.tick(now);
        assertThat(child.state()).as("a person must act").isEqualTo(State.DEAD);
        child.askToStop(now);
        assertThat(child.state()).isEqualTo(State.SLEEP);
    }

    @Test
    void whatCannotBeLaunchedIsTriedAgainWithTheReasonAndRunsWhenTheCauseIsMended() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("logs"));
        Child child = child(readyThen("exec sleep 60"));
        child.launch(now, "first start");
        assertThat(child.state()).isEqualTo(State.RETRYING);
        assertThat(reasons)
                .last()
                .asString()
                .startsWith("it cannot be launched")
                .contains(inTheWay.toString());
        now = now.plusMillis(500);
        child.tick(now);
        assertThat(child.state()).isEqualTo(State.RETRYING);
        Files.delete(inTheWay);
        now = now.plusSeconds(1);
        child.tick(now);
        reaches(child, State.RUNNING);
    }

    @Test
    void aLongLastLineIsCutToWhatAStatusLineHolds() {
        Child child = child("printf 'out of %05000d\n' 7; exit 1");
        child.launch(now, "first start");
        reaches(child, State.RETRYING);
        assertThat(child.run().reason())
                .startsWith("exit status 1: out of 0000")
                .endsWith("... (see 'hippo logs child')")
                .hasSizeLessThan(400);
    }

    @Test
    void aHostClockThatIsSetMovesNothing() {
        Instant[] wall = {now};
        SteadyClock clock = new SteadyClock(() -> wall[0]);
        Child ready = child(readyThen("exec sleep 60"));
        ready.launch(clock.instant(), "first start");
        reaches(ready, State.RUNNING);
        Child starting = new Child(
                new ServiceCommand(
                        "slow",
                        "test",
                        List.of("/bin/bash", "-c", "exec sleep 60"),
                        folder.resolve("slow.json"),
                        folder.resolve("slow.lock")),
                folder.resolve("logs/slow.out"),
                (at, name, from, to, reason) -> reasons.add(reason));
        children.add(starting);
        starting.launch(clock.instant(), "first start");
        reasons.clear();
        for (int hours : new int[] {-5, 10, -72, 1_000}) {
            wall[0] = wall[0].plus(Duration.ofHours(hours));
            ready.tick(clock.instant());
            starting.tick(clock.instant());
        }
        assertThat(reasons).isEmpty();
        assertThat(ready.state()).isEqualTo(State.RUNNING);
        assertThat(starting.state()).isEqualTo(State.STARTING);
        assertThat(process(starting).isAlive()).isTrue();
    }

    @Test
    void deadToStartingWhenItIsGivenAgain() throws IOException {
        Child child = child("exit 2");
        child.launch(now, "first start");
        for (int death = 1; death < RestartSchedule.LIMIT; death++) {
            reaches(child, State.RETRYING);
            now = now.plus(Duration.ofSeconds(30));
            child.tick(now);
        }
        reaches(child, State.DEAD);
        child.renew(command(readyThen("exec sleep 60")), false, now, "mended");
        reaches(child, State.RUNNING);
        kill(child);
        reaches(child, State.RETRYING);
        assertThat(child.state()).as("the deaths before are forgiven").isEqualTo(State.RETRYING);
    }

    @Test
    void runningToFencedWhenAnotherHasItsPlaceAndToStartingWhenItIsGivenBack() throws IOException {
        Child child = child(readyThen("sleep 0.1; echo 'given to agent b'; exit 4"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        reaches(child, State.FENCED);
        assertThat(reasons).last().isEqualTo("exit status 4: given to agent b");
        now = now.plus(Duration.ofDays(1));
        child.tick(now);
        assertThat(child.state()).as("nobody starts it again").isEqualTo(State.FENCED);
        child.renew(command(readyThen("exec sleep 60")), false, now, "given back");
        reaches(child, State.RUNNING);
    }

    @Test
    void stoppingToFencedWhenItDidNotSeeThatAnotherHasItsPlace() throws IOException {
        Child child = child(readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        ProcessHandle process = process(child);
        child.leave(now, "moved");
        child.tick(now);
        assertThat(child.state()).as("it may see it by itself").isEqualTo(State.RUNNING);
        now = now.plusSeconds(3);
        reaches(child, State.FENCED);
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void startingToFencedToSleep() throws IOException {
        Child child = child("exit 4");
        child.launch(now, "first start");
        reaches(child, State.FENCED);
        child.askToStop(now);
        assertThat(child.state()).isEqualTo(State.SLEEP);
    }

    @Test
    void aRunningProcessThatIsRenewedEndsBeforeTheNextIsLaunched() throws IOException {
        Child child = child(readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        ProcessHandle first = process(child);
        child.renew(command(readyThen("exec sleep 61")), false, now, "restart");
        assertThat(child.state()).isEqualTo(State.STOPPING);
        reaches(child, State.STARTING);
        assertThat(first.isAlive()).isFalse();
        reaches(child, State.RUNNING);
        assertThat(process(child).pid()).isNotEqualTo(first.pid());
    }

    @Test
    void aProcessThatNoLongerAnswersIsKilledWithoutBeingAsked() throws Exception {
        Child child = child(readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        ProcessHandle first = process(child);
        new ProcessBuilder("kill", "-STOP", Long.toString(first.pid())).start().waitFor();
        child.renew(command(readyThen("exec sleep 61")), true, now, "hung");
        reaches(child, State.RUNNING);
        assertThat(first.isAlive()).isFalse();
    }

    @Test
    void retryingToSleepWhenAskedToStop() throws IOException {
        Child child = child("exit 1");
        child.launch(now, "first start");
        reaches(child, State.RETRYING);
        child.askToStop(now);
        assertThat(child.state()).isEqualTo(State.SLEEP);
    }

    @Test
    void startingToRetryingWhenItIsNotReadyInTime() throws IOException {
        Child child = child("exec sleep 60");
        child.launch(now, "first start");
        child.tick(now);
        assertThat(child.state()).isEqualTo(State.STARTING);
        now = now.plus(Duration.ofMinutes(3)).plusMillis(1);
        reaches(child, State.RETRYING);
    }

    @Test
    void startingToStartingAsLongAsItWaitsForKafkaAndThenToRunning() throws Exception {
        Path waits = folder.resolve("child.waits");
        Path goesOn = folder.resolve("goesOn");
        Child child = child("echo '{\"pid\": '$$', \"what\": \"waits for Kafka\"}' > " + waits + "; while [ ! -e "
                + goesOn + " ]; do sleep 0.05; done; rm " + waits + "; " + readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reasons.clear();
        await("it says that it waits", () -> {
            child.tick(now);
            return !reasons.isEmpty();
        });
        assertThat(child.run().reason()).isEqualTo("waits for Kafka");
        for (int hour = 0; hour < 24; hour++) {
            now = now.plus(Duration.ofHours(1));
            child.tick(now);
        }
        assertThat(child.state()).isEqualTo(State.STARTING);
        assertThat(reasons).as("told once").hasSize(1);
        Files.createFile(goesOn);
        reaches(child, State.RUNNING);
        assertThat(child.record().restarts()).isZero();
    }

    @Test
    void startingToStoppingToSleep() throws IOException {
        Child child = child("exec sleep 60");
        child.launch(now, "first start");
        child.askToStop(now);
        assertThat(child.state()).isEqualTo(State.STOPPING);
        reaches(child, State.SLEEP);
    }

    @Test
    void runningToStoppingToSleepEvenWhenItIgnoresTheSignal() throws IOException {
        Child child = child("trap '' TERM; " + readyThen("exec sleep 60"));
        child.launch(now, "first start");
        reaches(child, State.RUNNING);
        ProcessHandle process = process(child);
        child.askToStop(now);
        child.askToStop(now);
        child.tick(now);
        assertThat(child.state()).isEqualTo(State.STOPPING);
        assertThat(process.isAlive()).isTrue();
        now = now.plus(Duration.ofSeconds(26));
        reaches(child, State.SLEEP);
        assertThat(process.isAlive()).isFalse();
    }

    @Test
    void sleepToRunningWhenAnOrphanOfTheSameCommandIsAdopted() throws IOException {
        String script = readyThen("exec sleep 60");
        Child before = child(script);
        before.launch(now, "first start");
        reaches(before, State.RUNNING);
        Child after = child(script);
        after.adoptOrEnd(before.record(), now);
        assertThat(after.state()).isEqualTo(State.RUNNING);
        assertThat(after.record().pid()).isEqualTo(before.record().pid());
        kill(after);
        reaches(after, State.RETRYING);
        assertThat(reasons).last().isEqualTo("ended");
    }

    @Test
    void anOrphanOfAnotherCommandIsEnded() throws IOException {
        Child before = child(readyThen("exec sleep 60"));
        before.launch(now, "first start");
        reaches(before, State.RUNNING);
        ProcessHandle orphan = process(before);
        Child after = child(readyThen("exec sleep 61"));
        after.adoptOrEnd(before.record(), now);
        assertThat(after.state()).isEqualTo(State.SLEEP);
        assertThat(orphan.isAlive()).isFalse();
    }

    @Test
    void aProcessThatOnlyHasTheSamePidIsLeftAlone() throws IOException {
        Child other = child(readyThen("exec sleep 60"));
        other.launch(now, "first start");
        reaches(other, State.RUNNING);
        ProcessRecord real = other.record();
        ProcessRecord reused = new ProcessRecord(
                real.name(), real.kind(), real.state(), real.pid(), real.born() - 10, real.fingerprint(), 0, 0);
        Child after = child(readyThen("exec sleep 60"));
        after.adoptOrEnd(reused, now);
        assertThat(after.state()).isEqualTo(State.SLEEP);
        assertThat(process(other).isAlive()).isTrue();
    }

    @Test
    void aTwinThatNoRecordTellsOfIsEndedBeforeTheLaunch() throws Exception {
        Path taken = folder.resolve("taken");
        Process twin = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        lock().toString(),
                        taken.toString())
                .inheritIO()
                .start();
        try {
            Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> Files.exists(taken));
            Child child = child(readyThen("exec sleep 60"));
            child.launch(now, "first start");
            assertThat(twin.isAlive()).isFalse();
            reaches(child, State.RUNNING);
        } finally {
            twin.destroyForcibly();
        }
    }

    /** Holds a lock until it is killed. */
    static final class LockHolder {
        public static void main(String[] arguments) throws Exception {
            if (ProcessLock.take(Path.of(arguments[0])).isPresent()) {
                Files.createFile(Path.of(arguments[1]));
                new CountDownLatch(1).await();
            }
        }
    }
}
