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

/** A pipeline with one hippo, {@code gate}, that {@link TestService} is. Closing it leaves no process. */
final class TestProcesses implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final List<Process> started = new ArrayList<>();

    TestProcesses(Path folder, String bootstrapServers) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/well.proto"), """
                syntax = "proto3";
                package well.v1;
                message Bucket { string id = 1; }
                """);
        Files.writeString(pipeline(), """
                pipeline: well
                kafka: {bootstrapServers: "%s"}
                topics:
                  buckets: {contract: well.v1.Bucket}
                hippos:
                  gate: {kind: frontier, publish: [buckets]}
                """.formatted(bootstrapServers));
    }

    Path pipeline() {
        return folder.resolve("pipeline.yaml");
    }

    Process start(String how, String hippo, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TestService.class.getName(),
                "--pipeline",
                pipeline().toString(),
                "--hippo",
                hippo));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
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

    /** What the process with that number, counted from 0, said is wrong. */
    String errors(int number) throws IOException {
        return Files.readString(errorFile(number)).strip();
    }

    String log() throws IOException {
        return Files.readString(folder.resolve(".hippo/logs/gate.log"));
    }

    static int ended(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    Path runFile() {
        return folder.resolve(".hippo/run/gate.json");
    }

    JsonNode whenReady(Process process) throws IOException {
        await().atMost(PATIENCE)
                .until(() -> Files.exists(runFile())
                        && JSON.readTree(Files.readString(runFile())).get("pid").asLong() == process.pid());
        return JSON.readTree(Files.readString(runFile()));
    }

    static String get(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    static JsonNode health(int port) throws IOException, InterruptedException {
        return JSON.readTree(get(port, "/health"));
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
        started.forEach(process -> process.onExit().join());
    }
}
