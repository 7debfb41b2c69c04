// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Doctor beside the tutorial's hippo. */
class DoctorIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void itComesWithTheMissionsAndTheyGoOnWithoutIt() throws Exception {
        try (HippoCommand hippo = new HippoCommand(
                HippoCommand.root().resolve("examples/tutorial"), folder.resolve("state"), java.util.Map.of())) {
            hippo.up();
            whenRunning(hippo);
            assertThat(hippo.status("doctor").path("kind").asText()).isEqualTo("doctor");
            long nightly = hippo.pid("nightly");

            String first = run(hippo);
            Awaitility.await("the Doctor knows how the mission ended")
                    .atMost(PATIENCE)
                    .until(() -> succeeded(hippo, first));

            long killed = hippo.pid("doctor");
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            assertThat(hippo.run("run", "nightly", "--partition", "yyyymm=201704", "--wait")
                            .status())
                    .isZero();
            Awaitility.await("the Doctor is back")
                    .atMost(PATIENCE)
                    .until(() -> hippo.pid("doctor") != killed && hippo.pid("doctor") != 0);
            whenRunning(hippo);
            Awaitility.await("it knows what went on without it")
                    .atMost(PATIENCE)
                    .until(() -> call(hippo, "GET", "/missions?status=succeeded", "")
                                    .path("missions")
                                    .size()
                            == 2);
            assertThat(hippo.pid("nightly")).isEqualTo(nightly);
        }
    }

    @Test
    void aServiceIsStoppedStartedAndRestartedOnItsWordAndDeathsAreTold() throws Exception {
        try (HippoCommand hippo = new HippoCommand(
                HippoCommand.root().resolve("examples/tutorial"), folder.resolve("state"), java.util.Map.of())) {
            hippo.up();
            whenRunning(hippo);
            nightly(hippo, "running");
            long first = hippo.pid("nightly");
            call(hippo, "POST", "/services/nightly/stop", "");
            nightly(hippo, "sleep");
            assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
            call(hippo, "POST", "/services/nightly/start", "");
            nightly(hippo, "running");
            long second = hippo.pid("nightly");
            call(hippo, "POST", "/services/nightly/restart", "");
            Awaitility.await("it was restarted")
                    .atMost(PATIENCE)
                    .until(() -> hippo.pid("nightly") != 0 && hippo.pid("nightly") != second);
            nightly(hippo, "running");

            ProcessHandle.of(hippo.pid("nightly")).orElseThrow().destroyForcibly();
            Awaitility.await("the death is told")
                    .atMost(PATIENCE)
                    .until(() -> call(hippo, "GET", "/alerts", "")
                            .toString()
                            .contains("'nightly' died and is started again: killed by signal 9"));
            nightly(hippo, "running");
            long frozen = hippo.pid("nightly");
            new ProcessBuilder("kill", "-STOP", Long.toString(frozen)).start().waitFor();
            nightly(hippo, "unknown");
            Awaitility.await("what lives and is silent is replaced")
                    .atMost(PATIENCE)
                    .until(() -> hippo.pid("nightly") != frozen
                            && ProcessHandle.of(frozen)
                                    .filter(ProcessHandle::isAlive)
                                    .isEmpty());
            nightly(hippo, "running");
        }
    }

    private static void nightly(HippoCommand hippo, String state) {
        Awaitility.await("nightly is " + state)
                .atMost(PATIENCE)
                .until(() -> call(hippo, "GET", "/services/nightly", "")
                        .path("state")
                        .asText()
                        .equals(state));
    }

    private static void whenRunning(HippoCommand hippo) {
        Awaitility.await("the Doctor runs")
                .atMost(PATIENCE)
                .until(() -> hippo.status("doctor").path("state").asText().equals("running"));
    }

    private static String run(HippoCommand hippo) throws Exception {
        return call(hippo, "POST", "/missions", "{\"hippo\": \"nightly\", \"partition\": {\"yyyymm\": \"201703\"}}")
                .path("mission_id")
                .asText();
    }

    private static boolean succeeded(HippoCommand hippo, String mission) throws Exception {
        return call(hippo, "GET", "/missions/" + mission, "")
                .path("status")
                .asText()
                .equals("succeeded");
    }

    private static JsonNode call(HippoCommand hippo, String method, String path, String body)
            throws IOException, InterruptedException {
        int port = hippo.status("doctor").path("port").asInt();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return JSON.readTree(HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body());
    }
}
