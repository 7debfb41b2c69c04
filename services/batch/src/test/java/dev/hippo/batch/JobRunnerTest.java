// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real shells and real signals. */
class JobRunnerTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir
    Path folder;

    private final BlockingQueue<AttemptEnd> ends = new LinkedBlockingQueue<>();
    private final List<JobRunner> runners = new ArrayList<>();

    private JobRunner runner(String command) {
        JobRunner runner = new JobRunner(
                folder.resolve("missions"),
                folder,
                command,
                new JobEnvironment("127.0.0.1:1", Map.of("COLOUR", "blue")),
                ends::add);
        runners.add(runner);
        return runner;
    }

    @AfterEach
    void endAll() throws Exception {
        for (JobRunner runner : runners) {
            runner.stop();
            runner.close();
        }
    }

    private static Mission mission() {
        ObjectNode message = JsonNodeFactory.instance
                .objectNode()
                .put("table", "balances")
                .put("db", "btd")
                .put("method", "overwrite_partition");
        Trigger trigger = new Trigger("r", "a", List.of(new Trigger.Source("frontier-adw", 0, 7, message)));
        return Mission.accepted(
                        "m1",
                        "warehouse",
                        "nightly",
                        PartitionValues.of("yyyy-mm", "201703"),
                        new DataVersion(Instant.ofEpochSecond(1_493_394_946), 0),
                        trigger,
                        Map.of("mode", "full"),
                        NOW)
                .started("m1/1/output.log", NOW);
    }

    private AttemptEnd end() throws InterruptedException {
        AttemptEnd end = ends.poll(30, TimeUnit.SECONDS);
        assertThat(end).as("the attempt ends").isNotNull();
        return end;
    }

    private Path attempt() {
        return folder.resolve("missions/m1/1");
    }

    private void awaitFile(String name) {
        await().until(() -> Files.exists(folder.resolve(name)));
    }

    @Test
    void aJobInJavaIsASourceFileOrACompiledClassAndFailsWithItsStackTrace() throws Exception {
        Path source = Path.of("../../examples/tutorial/java/WriteHippo.java").toAbsolutePath();
        assertThat(Files.readAllLines(source)).hasSizeLessThan(30);
        runner("OUT=\"$PWD/out\"; export OUT; exec \"$HIPPO_JAVA\" -cp \"$HIPPO_SDK\" '" + source + "'")
                .launch(mission());
        AttemptEnd end = end();
        assertThat(end.failure()).isNull();
        assertThat(folder.resolve("out/201703.txt")).hasContent("Hippo! balances of  is ready");
        assertThat(end.result().path("rows_out").asInt()).isEqualTo(1);
        assertThat(end.result().path("tables").path(0).asText()).isEqualTo("greetings");

        runner("exec \"$HIPPO_JAVA\" -cp \"$HIPPO_SDK\" dev.hippo.sdk.Main org.example.None")
                .launch(mission().requeued().started("m1/2/output.log", NOW));
        AttemptEnd failed = end();
        assertThat(failed.failure().text()).contains("exit status 1").contains("there is no class org.example.None");
        assertThat(failed.result().path("retry").asBoolean(true)).isFalse();
    }

    @Test
    void theJobKnowsItsMissionAndTellsItsResult() throws Exception {
        runner(
                        "echo \"$HIPPO_DB.$HIPPO_TABLE $HIPPO_METHOD $HIPPO_PARTITION $HIPPO_PARTITION_YYYY_MM $HIPPO_PARAMETER_MODE $HIPPO_EXEC_DATE"
                                + " $HIPPO_ATTEMPT $COLOUR\"; echo '{\"rows_out\": 31}' > \"$HIPPO_RESULT_FILE\"")
                .launch(mission());
        AttemptEnd end = end();
        assertThat(end.failure()).isNull();
        assertThat(end.result().path("rows_out").asInt()).isEqualTo(31);
        assertThat(attempt().resolve("output.log"))
                .hasContent("btd.balances overwrite_partition 201703 201703 full 1493394946 1 blue");
    }

    @Test
    void anExitStatusThatIsNotZeroIsAFailureWithTheLastWords() throws Exception {
        runner("echo all is well; echo no disk >&2; exit 3").launch(mission());
        assertThat(end().failure())
                .isEqualTo(new Failure(Failure.Kind.EXIT, "exit status 3; its last words:\nall is well\nno disk"));
    }

    @Test
    void aResultThatIsNoJsonIsTold() throws Exception {
        runner("echo hello > \"$HIPPO_RESULT_FILE\"").launch(mission());
        assertThat(end().result().path("result_error").asText()).contains("the result file is not JSON");
    }

    @Test
    void whatTheJobHasStartedEndsWithIt() throws Exception {
        JobRunner runner = runner("sleep 600 & echo $! > child; wait");
        runner.launch(mission());
        ProcessHandle child = child();
        runner.end(mission());
        assertThat(end().failure()).isNotNull();
        await().until(() -> !child.isAlive());
    }

    private ProcessHandle child() throws IOException {
        await().until(() -> Files.exists(folder.resolve("child")) && Files.size(folder.resolve("child")) > 1);
        long pid = Long.parseLong(Files.readString(folder.resolve("child")).strip());
        return ProcessHandle.of(pid).orElseThrow();
    }

    @Test
    void aRunningJobIsTakenOverByTheNextProcess() throws Exception {
        runner("touch begun; until [ -e go ]; do sleep 0.05; done; exit 4").launch(mission());
        awaitFile("begun");
        JobRunner next = runner("exit 0");
        next.resume(mission(), NOW);
        assertThat(next.running()).isEqualTo(1);
        Files.createFile(folder.resolve("go"));
        // both have watched it
        assertThat(end().failure().text()).startsWith("exit status 4");
        assertThat(end().failure().text()).startsWith("exit status 4");
    }

    @Test
    void aJobThatHasEndedMeanwhileIsNotRunAgain() throws Exception {
        runner("echo once >> runs").launch(mission());
        end();
        runner("echo twice >> runs").resume(mission(), NOW);
        assertThat(end().failure()).isNull();
        assertThat(folder.resolve("runs")).hasContent("once");
    }

    @Test
    void aJobThatWasNeverLaunchedIsLaunched() throws Exception {
        runner("echo once >> runs").resume(mission(), NOW);
        assertThat(end().failure()).isNull();
        assertThat(folder.resolve("runs")).hasContent("once");
    }

    @Test
    void ofTwoLaunchesOfOneAttemptOneRuns() throws Exception {
        JobRunner runner = runner("echo run >> runs; touch begun; until [ -e go ]; do sleep 0.05; done");
        runner.launch(mission());
        awaitFile("begun");
        JobRunner twin = runner("echo twin >> runs");
        twin.launch(mission());
        await().until(() -> twin.running() == 0);
        Files.createFile(folder.resolve("go"));
        await().until(() -> runner.running() == 0);
        assertThat(folder.resolve("runs")).hasContent("run");
    }

    @Test
    void whatAKilledShellHasLeftBehindEndsAndTheAttemptIsLost() throws Exception {
        runner("sleep 600 & echo $! > child; wait").launch(mission());
        ProcessHandle child = child();
        String pid = Files.readString(attempt().resolve("pid"));
        ProcessHandle.of(Long.parseLong(pid.substring(0, pid.indexOf(' '))))
                .orElseThrow()
                .destroyForcibly();
        assertThat(end().failure().kind()).isEqualTo(Failure.Kind.LOST);
        await().until(() -> !child.isAlive());
    }

    @Test
    void aCommandThatDoesNotExistIsAFailureOfTheJob() throws Exception {
        runner("nosuchcommand --now").launch(mission());
        assertThat(end().failure().text()).startsWith("exit status 127").contains("nosuchcommand");
    }
}
