// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.doctor.api.ApiPort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A Doctor in a process of its own, for the pipeline of a folder, and a client of its API. Not thread-safe. */
final class DoctorProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final HttpClient http = HttpClient.newHttpClient();
    private Process process;

    DoctorProcess(Path folder) {
        this.folder = folder;
    }

    Process process() {
        return process;
    }

    void start() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--pipeline",
                        folder.resolve("pipeline.yaml").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("doctor.out").toFile()));
        // its missions ended in 2017
        builder.environment().put("HIPPO_DOCTOR_KEEP", "36500d");
        process = builder.start();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    JsonNode ready() throws IOException {
        Path file = folder.resolve(".hippo/run/doctor.json");
        await().atMost(PATIENCE).until(() -> {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("doctor.out")))
                    .isTrue();
            return Files.exists(file)
                    && JSON.readTree(Files.readString(file)).path("pid").asLong() == process.pid();
        });
        return JSON.readTree(Files.readString(file));
    }

    HttpResponse<String> call(String method, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + ready().path("port").asInt() + ApiPort.ROOT + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = call("GET", path, "");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }
}
