// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static dev.hippo.kit.TestProcesses.ended;
import static dev.hippo.kit.TestProcesses.get;
import static dev.hippo.kit.TestProcesses.health;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hippos as real processes; their Kafka does not answer, which must cost them nothing but heartbeats. */
class HippoProcessIT {
    @TempDir
    Path folder;

    private TestProcesses processes;

    @BeforeEach
    void writePipeline() throws IOException {
        processes = new TestProcesses(folder, "127.0.0.1:1");
    }

    @AfterEach
    void endProcesses() {
        processes.close();
    }

    @Test
    void aHippoTellsItsHealthAndMetricsWhileKafkaIsDown() throws Exception {
        try (ServerSocket graphite = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            graphite.setSoTimeout((int) TestProcesses.PATIENCE.toMillis());
            Files.writeString(
                    folder.resolve("pipeline.yaml"),
                    "metrics: {graphite: '127.0.0.1:" + graphite.getLocalPort() + "', every: 200ms, prefix: test}\n",
                    StandardOpenOption.APPEND);
            tellsItsHealthAndMetrics(graphite);
        }
    }

    private void tellsItsHealthAndMetrics(ServerSocket graphite) throws Exception {
        Process process = processes.start("work", "gate");
        JsonNode run = processes.whenReady(process);
        assertThat(run.get("name").asText()).isEqualTo("gate");
        assertThat(run.get("kind").asText()).isEqualTo("frontier");
        int port = run.get("port").asInt();
        await().atMost(TestProcesses.PATIENCE)
                .until(() -> health(port).get("rateIn").asDouble() > 0);
        JsonNode health = health(port);
        assertThat(health.get("name").asText()).isEqualTo("gate");
        assertThat(health.get("kind").asText()).isEqualTo("frontier");
        assertThat(health.get("pipeline").asText()).isEqualTo("well");
        assertThat(health.get("state").asText()).isEqualTo("running");
        assertThat(health.get("pid").asLong()).isEqualTo(process.pid());
        assertThat(health.get("port").asInt()).isEqualTo(port);
        long in = health.get("in").asLong();
        assertThat(in).isPositive();
        assertThat(health.get("out").asLong()).isEqualTo(in / 2);
        assertThat(health.get("rejected").asLong()).isEqualTo(in / 2);
        assertThat(health.get("rateIn").asDouble())
                .isEqualTo(2 * health.get("rateOut").asDouble());
        assertThat(health.get("lag").asLong()).isEqualTo(7);
        assertThat(health.get("position").asText()).startsWith("buckets/0@");
        assertThat(health.get("lastProgress").asText())
                .isGreaterThan(health.get("startedAt").asText());
        assertThat(get(port, "/health/live")).contains("\"running\"");
        String metrics = get(port, "/metrics");
        for (String name : List.of(
                "hippo_events_in_total",
                "hippo_events_out_total",
                "hippo_events_rejected_total",
                "hippo_lag_events 7.0")) {
            assertThat(metrics).contains("\n" + name);
        }
        try (Socket sent = graphite.accept()) {
            sent.setSoTimeout((int) TestProcesses.PATIENCE.toMillis());
            assertThat(new String(sent.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("test.well.gate.hippo_events_in_total ", "test.well.gate.hippo_lag_events 7.0 ");
        }
        await().atMost(TestProcesses.PATIENCE).until(() -> processes.log().contains("Kafka does not take heartbeats"));
        assertThat(health(port).get("state").asText()).isEqualTo("running");
    }

    @Test
    void aHippoThatMustSeeItsPlaceWaitsForKafkaAndSaysSo() throws Exception {
        Process process = processes.start("", "gate", "--epoch", "3");
        Path file = folder.resolve(".hippo/run/gate.waits");
        await().atMost(TestProcesses.PATIENCE).until(() -> Waiting.read(file).isPresent());
        Waiting waiting = Waiting.read(file).orElseThrow();
        assertThat(waiting.pid()).isEqualTo(process.pid());
        assertThat(waiting.what()).startsWith("waits for Kafka at 127.0.0.1:1");
        assertThat(processes.runFile()).doesNotExist();
    }

    @Test
    void aHippoStopsInOrderWhenAskedTo() throws Exception {
        Process process = processes.start("", "gate");
        processes.whenReady(process);
        process.destroy();
        assertThat(ended(process)).isZero();
        assertThat(processes.log()).contains("Stopping, as asked").contains("\"Stopped\"");
        assertThat(processes.runFile()).doesNotExist();
    }

    @Test
    void aTwinIsRefusedAndToldWhoRuns() throws Exception {
        Process first = processes.start("", "gate");
        processes.whenReady(first);
        assertThat(ended(processes.start("", "gate"))).isEqualTo(3);
        assertThat(processes.errors(1)).isEqualTo("hippo 'gate' runs already, as process " + first.pid());
        assertThat(first.isAlive()).isTrue();
        assertThat(processes.whenReady(first).get("pid").asLong())
                .as("the twin left the run file alone")
                .isEqualTo(first.pid());
        assertThat(ProcessLock.heldBy(folder.resolve(".hippo/run/gate.lock"))).contains(first.toHandle());
    }

    @Test
    void aKilledHippoLeavesNoLockBehindAndComesBackOnItsPort() throws Exception {
        Process first = processes.start("", "gate");
        int port = processes.whenReady(first).get("port").asInt();
        first.destroyForcibly().waitFor();
        assertThat(ProcessLock.heldBy(folder.resolve(".hippo/run/gate.lock"))).isEmpty();
        Process second = processes.start("", "gate");
        assertThat(processes.whenReady(second).get("port").asInt()).isEqualTo(port);
        second.destroy();
        assertThat(ended(second)).isZero();
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            Process third = processes.start("", "gate");
            assertThat(processes.whenReady(third).get("port").asInt())
                    .as("somebody else has port %s", taken.getLocalPort())
                    .isNotEqualTo(port);
        }
    }

    @Test
    void aHippoWhoseFileWasSpoiltComesBackWithTheOneThatItHasRunWith() throws Exception {
        Process first = processes.start("", "gate");
        processes.whenReady(first);
        await().atMost(TestProcesses.PATIENCE)
                .until(() -> Files.exists(folder.resolve(".hippo/kept/gate/last/pipeline.yaml")));
        String file = Files.readString(processes.pipeline());
        Files.writeString(processes.pipeline(), file.replace("kind: frontier", "kind: frontie"));
        first.destroyForcibly().waitFor();
        Process second = processes.start("", "gate");
        int port = processes.whenReady(second).get("port").asInt();
        assertThat(health(port).get("instead").asText()).contains("pipeline.yaml:", "frontie");
        assertThat(processes.log()).contains("Runs with the pipeline file that it has last run with");
        Files.writeString(processes.pipeline(), file);
        second.destroyForcibly().waitFor();
        assertThat(health(processes
                                .whenReady(processes.start("", "gate"))
                                .get("port")
                                .asInt())
                        .has("instead"))
                .isFalse();
    }

    @Test
    void aDeclaredPortThatIsTakenIsToldWithWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Files.writeString(
                    processes.pipeline(),
                    Files.readString(processes.pipeline())
                            .replace("kind: frontier,", "kind: frontier, port: " + port + ","));
            assertThat(ended(processes.start("", "gate"))).isEqualTo(2);
            assertThat(processes.errors(0))
                    .contains("cannot listen on 127.0.0.1:" + port)
                    .contains("another 'port'");
        }
    }

    @Test
    void whatTheUserCanMendIsOneLineAndStatusTwo() throws Exception {
        assertThat(ended(processes.start("refuse", "gate"))).isEqualTo(2);
        assertThat(processes.errors(0)).isEqualTo("the well is dry; dig deeper");
        assertThat(ended(processes.start("", "gat"))).isEqualTo(2);
        assertThat(processes.errors(1)).startsWith("hippo 'gat' is not in ").endsWith("did you mean 'gate'?");
        Files.writeString(processes.pipeline(), "pipeline: [well\n");
        assertThat(ended(processes.start("", "gate"))).isEqualTo(2);
        assertThat(processes.errors(2)).contains("pipeline.yaml:").doesNotContain("\tat ");
    }

    @Test
    void workThatCannotGoOnEndsTheProcessWithStatusOne() throws Exception {
        assertThat(ended(processes.start("fail", "gate"))).isEqualTo(1);
        assertThat(processes.log()).contains("The work cannot go on").contains("the well fell in");
        assertThat(processes.errors(0)).contains("the well fell in");
        assertThat(processes.runFile()).doesNotExist();
    }

    @Test
    void aStopThatFailsHidesNoReason() throws Exception {
        assertThat(ended(processes.start("refuse and stick", "gate"))).isEqualTo(2);
        assertThat(processes.errors(0)).isEqualTo("the well is dry; dig deeper");
        assertThat(ended(processes.start("fail and stick", "gate"))).isEqualTo(1);
        assertThat(processes.errors(1)).contains("the well fell in").doesNotContain("could not start");
    }

    @Test
    void workThatFailedAndDoesNotStopIsEnded() throws Exception {
        assertThat(ended(processes.start("fail and hang", "gate"))).isEqualTo(1);
        assertThat(processes.log()).contains("the well fell in").contains("Did not stop within");
    }

    @Test
    void aMissingClassEndsTheProcessWhateverThreadsItHas() throws Exception {
        assertThat(ended(processes.start("break", "gate"))).isEqualTo(1);
        assertThat(processes.errors(0)).contains("dev/well/Bucket");
    }
}
