// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline of {@code hippo new}, run and hurt as a user would see it. */
class SupervisionIT {
    private static final List<String> ALL = List.of("kafka", "gate", "lake", "ask");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private Path newPipeline() throws Exception {
        Path pipeline = folder.resolve("weather");
        assertThat(HippoCommand.plain(Duration.ofMinutes(1), Map.of(), "new", pipeline.toString())
                        .status())
                .isZero();
        return pipeline;
    }

    @Test
    void aNewPipelineWorksAndSurvivesTheDeathOfItsProcessesAndOfItsSupervisor() throws Exception {
        try (HippoCommand hippo = new HippoCommand(newPipeline(), folder.resolve("state"), Map.of())) {
            assertThat(hippo.run("check").status()).isZero();
            hippo.up();

            Path events = folder.resolve("events.json");
            Files.writeString(events, """
                    {"sensor": "roof", "measuredAt": "2026-01-01T12:00:00Z", "celsius": 21.5}

                    {"sensor": "", "celsius": 900}
                    """);
            HippoCommand.Result sent = hippo.run("send", "measurements", events.toString());
            assertThat(sent.status()).isEqualTo(1);
            assertThat(sent.output())
                    .contains("1 accepted, 1 refused")
                    .contains("events.json:3:")
                    .contains("sensor");
            assertThat(hippo.run("tail", "measurements", "--once").output()).contains("\"sensor\":\"roof\"");
            inTable(hippo, 1);
            showsWhatEachProcessDoes(hippo);
            assertThat(hippo.run("up").status()).as("a second supervisor").isEqualTo(4);

            Path followed = folder.resolve("followed");
            Process follower = hippo.begin(followed, "logs", "-f", "gate");
            int port = hippo.status("gate").path("port").asInt();
            for (String victim : List.of("lake", "kafka", "gate")) {
                killAndWait(hippo, victim);
            }
            assertThat(hippo.status("gate").path("port").asInt())
                    .as("clients find the door again")
                    .isEqualTo(port);
            Awaitility.await("the log is followed over the restart")
                    .atMost(PATIENCE)
                    .until(() -> Files.readString(followed).split("Running on port " + port, -1).length == 3);
            follower.destroy();
            assertThat(hippo.run("send", "measurements", events.toString()).output())
                    .contains("1 accepted, 1 refused");
            inTable(hippo, 2);
            oneIsStoppedWhileTheOthersGoOn(hippo, events);

            List<Long> before = ALL.stream().map(hippo::pid).toList();
            killSupervisor(hippo);
            HippoCommand.Result alone = hippo.run("status");
            assertThat(alone.status()).isZero();
            assertThat(alone.output()).contains("have no supervisor");
            hippo.up();
            assertThat(ALL.stream().map(hippo::pid).toList())
                    .as("the orphans are adopted, not doubled")
                    .isEqualTo(before);
            assertThat(hippo.upOutput()).contains("of an earlier 'hippo up' goes on");
            assertThat(hippo.status("lake").path("restarts").asInt()).isEqualTo(1);

            killSupervisor(hippo);
            ProcessHandle gate = ProcessHandle.of(hippo.pid("gate")).orElseThrow();
            gate.destroyForcibly();
            Awaitility.await("the gate is dead").atMost(PATIENCE).until(() -> !gate.isAlive());
            hippo.up();
            for (String name : ALL) {
                boolean replaced = name.equals("gate");
                assertThat(hippo.pid(name) == before.get(ALL.indexOf(name)))
                        .as(name)
                        .isEqualTo(!replaced);
            }
            assertThat(hippo.processes()).as("no twins, and the supervisor").hasSize(ALL.size() + 1);

            assertThat(hippo.run("down").status()).isZero();
            assertThat(hippo.processes()).as("processes after down").isEmpty();
            assertThat(hippo.run("status").status()).isEqualTo(3);
        }
    }

    @Test
    void aSupervisorKilledWhileItStartsLeavesNoTwinsAndCtrlCLeavesNoProcess() throws Exception {
        Path pipeline = newPipeline();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HippoCommand hippo = new HippoCommand(pipeline, folder.resolve("state"), Map.of())) {
            Path file = pipeline.resolve("pipeline.yaml");
            String gate = "kind: frontier,";
            assertThat(Files.readString(file)).contains(gate);
            Files.writeString(
                    file, Files.readString(file).replace(gate, gate + " port: " + taken.getLocalPort() + ","));

            hippo.beginUp();
            Awaitility.await("hippos are launched")
                    .atMost(PATIENCE)
                    .until(() -> hippo.upOutput().contains("lake             starting"));
            killSupervisor(hippo);
            hippo.beginUp();
            Awaitility.await("the gate cannot start, and that is told")
                    .atMost(PATIENCE)
                    .until(() -> hippo.upOutput().matches("(?s).*gate +retrying +exit status 2: .*"));
            assertThat(hippo.upOutput()).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
            Awaitility.await("the others run")
                    .atMost(PATIENCE)
                    .until(() -> List.of("kafka", "lake", "ask").stream().allMatch(name -> hippo.pid(name) != 0));
            HippoCommand.Result restarted = hippo.run("restart", "gate", "ask");
            assertThat(restarted.status()).isEqualTo(1);
            assertThat(restarted.output())
                    .contains("'gate' has died at its start; see 'hippo logs gate'", "'ask' runs");
            JsonNode status = hippo.status("gate");
            assertThat(status.path("state").asText()).isIn("retrying", "starting");
            assertThat(status.path("restarts").asInt()).isPositive();
            assertThat(hippo.run("send", "measurements", file.toString()).output())
                    .contains("'gate' is not ready; see 'hippo status' and 'hippo logs gate'");
            for (String name : ALL) {
                assertThat(hippo.processes().stream().filter(process -> isA(process, name)))
                        .as("processes of %s", name)
                        .hasSizeLessThanOrEqualTo(1);
            }

            assertThat(hippo.interruptUp()).isEqualTo(130);
            assertThat(hippo.processes()).as("processes after Ctrl-C").isEmpty();
        }
    }

    private static boolean isA(ProcessHandle process, String name) {
        List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
        return arguments.contains(name.equals("kafka") ? "dev.hippo.broker.Main" : "--hippo")
                && (name.equals("kafka") || arguments.contains(name));
    }

    private static void showsWhatEachProcessDoes(HippoCommand hippo) throws Exception {
        HippoCommand.Result status = hippo.run("status");
        assertThat(status.status()).isZero();
        assertThat(status.output().lines().findFirst().orElseThrow().split(" +", -1))
                .containsExactly(
                        "NAME",
                        "KIND",
                        "STATE",
                        "PID",
                        "PORT",
                        "UPTIME",
                        "RESTARTS",
                        "IN/S",
                        "OUT/S",
                        "LAG",
                        "POSITION");
        assertThat(status.output()).doesNotContain("no supervisor");
        for (String name : ALL) {
            JsonNode node = hippo.status(name);
            assertThat(node.path("state").asText()).as(name).isEqualTo("running");
            assertThat(node.path("pid").asLong()).as(name).isEqualTo(hippo.pid(name));
            assertThat(node.path("port").asInt()).as(name).isPositive();
            assertThat(node.path("restarts").asInt()).as(name).isZero();
            assertThat(node.has("uptimeSeconds")).as(name).isTrue();
        }
        JsonNode gate = hippo.status("gate");
        assertThat(gate.path("kind").asText()).isEqualTo("frontier");
        assertThat(gate.path("in").asLong()).isEqualTo(2);
        assertThat(gate.path("out").asLong()).isEqualTo(1);
        assertThat(gate.path("rejected").asLong()).isEqualTo(1);
        assertThat(hippo.status("lake").path("position").asText()).startsWith("version ");
        assertThat(hippo.status("lake").path("lag").asLong()).isZero();
    }

    private static void inTable(HippoCommand hippo, int rows) {
        Awaitility.await(rows + " in the table")
                .atMost(PATIENCE)
                .until(() -> hippo.run("query", "--csv", "select count(*) from measurements")
                        .output()
                        .contains("\n" + rows));
    }

    private static void oneIsStoppedWhileTheOthersGoOn(HippoCommand hippo, Path events) throws Exception {
        long gate = hippo.pid("gate");
        long ask = hippo.pid("ask");
        assertThat(hippo.run("stop", "lake")).isEqualTo(new HippoCommand.Result(0, "'lake' is stopped\n"));
        assertThat(hippo.status("lake").path("state").asText()).isEqualTo("sleep");
        assertThat(hippo.run("stop", "lake").output()).isEqualTo("'lake' is stopped already\n");
        assertThat(hippo.run("send", "measurements", events.toString()).output())
                .contains("1 accepted");
        assertThat(hippo.run("start", "lake", "gate"))
                .isEqualTo(new HippoCommand.Result(0, "'lake' runs\n'gate' runs already\n"));
        inTable(hippo, 3);
        assertThat(hippo.run("restart", "ask").status()).isZero();
        assertThat(hippo.pid("ask")).isNotEqualTo(ask);
        assertThat(hippo.pid("gate")).as("the others go on").isEqualTo(gate);
        HippoCommand.Result unknown = hippo.run("stop", "gat");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.output()).contains("has no hippo 'gat'; did you mean 'gate'?");
    }

    private static void killAndWait(HippoCommand hippo, String victim) throws Exception {
        long pid = hippo.pid(victim);
        int restarts = hippo.status(victim).path("restarts").asInt();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Awaitility.await(victim + " is back")
                .atMost(PATIENCE)
                .until(() -> hippo.pid(victim) != 0 && hippo.pid(victim) != pid);
        Awaitility.await(victim + " was restarted once")
                .atMost(PATIENCE)
                .until(() -> hippo.status(victim).path("restarts").asInt() == restarts + 1);
    }

    private static void killSupervisor(HippoCommand hippo) throws IOException {
        hippo.supervisor().destroyForcibly();
        Awaitility.await("the supervisor is dead")
                .atMost(PATIENCE)
                .until(() -> !hippo.supervisor().isAlive());
    }
}
