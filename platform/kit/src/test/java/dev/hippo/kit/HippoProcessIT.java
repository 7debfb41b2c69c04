// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hippos as real processes; their Kafka does not answer, which must cost them nothing but heartbeats. */
class HippoProcessIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void writePipeline() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/well.proto"), """
                syntax = "proto3";
                package well.v1;
                message Bucket { string id = 1; }
                """);
        Files.writeString(folder.resolve("pipeline.yaml"), """
                pipeline: well
                kafka: {bootstrapServers: "127.0.0.1:1"}
                topics:
                  buckets: {contract: well.v1.Bucket}
                hippos:
                  gate: {kind: frontier, publish: [buckets]}
                """);
    }

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aHippoTellsItsHealthAndMetricsWhileKafkaIsDown() throws Exception {
        start("", "gate");
        JsonNode run = whenReady();
        assertThat(run.get("name").asText()).isEqualTo("gate");
        assertThat(run.get("kind").asText()).isEqualTo("frontier");
        int port = run.get("port").asInt();
        JsonNode health = JSON.readTree(get(port, "/health"));
        assertThat(health.get("state").asText()).isEqualTo("running");
        assertThat(health.get("pid").asLong()).isEqualTo(started.get(0).pid());
        assertThat(health.get("pipeline").asText()).isEqualTo("well");
        assertThat(health.get("in").asLong()).isEqualTo(3);
        assertThat(get(port, "/health/live")).contains("\"running\"");
        assertThat(get(port, "/metrics")).contains("hippo_events_in_total 3.0").contains("hippo_lag_events 0.0");
        await().atMost(PATIENCE).until(() -> log().contains("Kafka does not take heartbeats"));
        assertThat(get(port, "/health")).contains("\"running\"");
    }

    @Test
    void aHippoStopsInOrderWhenAskedTo() throws Exception {
        Process process = start("", "gate");
        whenReady();
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(log()).contains("Stopping, as asked").contains("\"Stopped\"");
        assertThat(folder.resolve(".hippo/run/gate.json")).doesNotExist();
    }

    @Test
    void aTwinIsRefusedAndToldWhoRuns() throws Exception {
        Process first = start("", "gate");
        whenReady();
        assertThat(ended(start("", "gate"))).isEqualTo(3);
        assertThat(errors(1)).contains("runs already, as process " + first.pid());
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void aKilledHippoLeavesNoLockBehind() throws Exception {
        Process first = start("", "gate");
        whenReady();
        first.destroyForcibly().waitFor();
        Process second = start("", "gate");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(whenReady().get("pid").asLong()).isEqualTo(second.pid()));
    }

    @Test
    void whatTheUserCanMendIsOneLineAndStatusTwo() throws Exception {
        assertThat(ended(start("refuse", "gate"))).isEqualTo(2);
        assertThat(errors(0)).isEqualTo("the well is dry; dig deeper");
        assertThat(ended(start("", "gat"))).isEqualTo(2);
        assertThat(errors(1)).contains("hippo 'gat' is not in").contains("gate");
    }

    @Test
    void workThatCannotGoOnEndsTheProcessWithStatusOne() throws Exception {
        assertThat(ended(start("fail", "gate"))).isEqualTo(1);
        assertThat(log()).contains("The work cannot go on").contains("the well fell in");
        assertThat(folder.resolve(".hippo/run/gate.json")).doesNotExist();
    }

    private Process start(String how, String hippo) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TestService.class.getName(),
                "--pipeline",
                folder.resolve("pipeline.yaml").toString(),
                "--hippo",
                hippo);
        builder.environment().put("TEST_START", how);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(errorFile(started.size()).toFile());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Path errorFile(int number) {
        return folder.resolve("stderr-" + number);
    }

    private String errors(int number) throws IOException {
        return Files.readString(errorFile(number)).strip();
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve(".hippo/logs/gate.log"));
    }

    private static int ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private JsonNode whenReady() throws IOException {
        Path run = folder.resolve(".hippo/run/gate.json");
        await().atMost(PATIENCE).until(() -> Files.exists(run));
        return JSON.readTree(Files.readString(run));
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
