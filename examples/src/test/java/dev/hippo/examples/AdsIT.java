// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ads example as its README tells it: the three clients before one door, and what they sent counted behind it. */
class AdsIT {
    private static final Path ADS = HippoCommand.root().resolve("examples/ads");
    private static final String REFUSED = "refused: INVALID_ARGUMENT not a valid ads.v1.AdImpression: "
            + "viewer: exactly one field is required in oneof; "
            + "ad_id: must be at least 1 characters; "
            + "timestamp: value is required";

    @TempDir
    Path folder;

    @Test
    void whatTheClientsSendIsOnTheTopicOnceAndWhatIsRefusedIsKeptWithItsReasons() throws Exception {
        int port = StablePort.choose("127.0.0.1");
        String door = "127.0.0.1:" + port;
        try (HippoCommand hippo =
                new HippoCommand(ADS, folder.resolve("state"), Map.of("ADS_PORT", Integer.toString(port)))) {
            hippo.up();
            List<Client> clients = List.of(
                    new Client("python", List.of("/usr/bin/python3", "ads_client.py", door)),
                    new Client("node", List.of("node", "ads-client.js", door)),
                    new Client("java", List.of("mvn", "-B", "-q", "compile", "exec:java", "-Dexec.args=" + door)));
            for (Client client : clients) {
                client.start();
            }
            for (Client client : clients) {
                assertThat(client.printed())
                        .as(client.name)
                        .contains("ad-1: 200 accepted", "ad-2: 200 accepted", "ad-3: 200 accepted", REFUSED);
            }
            assertThat(clients.get(2).printed())
                    .contains(
                            "  viewer: exactly one field is required in oneof",
                            "  ad_id: must be at least 1 characters",
                            "  timestamp: value is required");
            curl(door);

            List<String> events = tail(hippo, "ads.click.stream");
            assertThat(count(events, AdsIT::key))
                    .as("events on the topic by key")
                    .isEqualTo(Map.of("ad-1", 3L, "ad-2", 3L, "ad-3", 3L, "ad-9", 1L));
            assertThat(events)
                    .allSatisfy(event -> assertThat(key(event))
                            .isEqualTo(json(event).path("adId").asText()));
            assertThat(count(events, event -> json(event).path("contextId").asText()))
                    .isEqualTo(Map.of("python-client", 3L, "node-client", 3L, "java-client", 3L, "curl", 1L));

            List<String> rejected = tail(hippo, "ads.click.stream.rejected");
            assertThat(rejected)
                    .hasSize(4)
                    .allSatisfy(event -> assertThat(event)
                            .contains("hippo_rejected_by=gate", "\"path\":\"viewer\"", "\"path\":\"timestamp\""));

            Awaitility.await("all events are in the table")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> hippo.number("select count(*) from impressions") == events.size());
            assertThat(hippo.number("select count(distinct (ad_id, context_id)) from impressions"))
                    .isEqualTo(events.size());
        }
    }

    /** What the README does with curl, and the same without what is required. */
    private static void curl(String door) {
        AggregatedHttpResponse accepted = post(door, """
                {"ad_id": "ad-9", "context_id": "curl", "user_id": "u", "timestamp": "2026-11-21T06:00:00Z"}""");
        assertThat(accepted.status()).as(accepted.contentUtf8()).isEqualTo(HttpStatus.OK);
        AggregatedHttpResponse refused = post(door, """
                {"ad_id": "ad-9", "context_id": "curl"}""");
        assertThat(refused.status()).isEqualTo(HttpStatus.UNPROCESSABLE_ENTITY);
        assertThat(refused.contentUtf8()).contains("\"path\":\"viewer\"", "\"path\":\"timestamp\"");
    }

    private static AggregatedHttpResponse post(String door, String event) {
        RequestHeaders headers =
                RequestHeaders.of(HttpMethod.POST, "/topics/ads.click.stream", "content-type", MediaType.JSON);
        return WebClient.builder("http://" + door)
                .responseTimeout(Duration.ofSeconds(60))
                .build()
                .execute(headers, event)
                .aggregate()
                .join();
    }

    private static List<String> tail(HippoCommand hippo, String topic) throws IOException, InterruptedException {
        HippoCommand.Result tail = hippo.run("tail", topic, "--from-beginning", "--once", "--headers");
        assertThat(tail.status()).as(tail.output()).isZero();
        return tail.output().lines().toList();
    }

    private static Map<String, Long> count(List<String> events, Function<String, String> by) {
        return events.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
    }

    private static String key(String event) {
        return Stream.of(event.split(" "))
                .filter(part -> part.startsWith("key="))
                .map(part -> part.substring("key=".length()))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(String event) {
        try {
            return new ObjectMapper().readTree(event.substring(event.indexOf("  {")));
        } catch (IOException e) {
            throw new AssertionError("no event in: " + event, e);
        }
    }

    /** One of the shipped clients, run in its folder as its README says. */
    private final class Client {
        private final String name;
        private final List<String> command;
        private Process process;

        Client(String name, List<String> command) {
            this.name = name;
            this.command = command;
        }

        void start() throws IOException {
            process = new ProcessBuilder(command)
                    .directory(ADS.resolve("clients").resolve(name).toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output().toFile())
                    .start();
        }

        /** The lines that it printed. */
        List<String> printed() throws IOException, InterruptedException {
            try {
                assertThat(process.waitFor(3, TimeUnit.MINUTES))
                        .as("the " + name + " client ends")
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            String text = Files.readString(output());
            assertThat(process.exitValue())
                    .as("the %s client, which needs what ./verify installs, printed:%n%s", name, text)
                    .isZero();
            // Maven may put colour codes before the first line
            return text.replaceAll("\u001b\\[[0-9;]*m", "").lines().toList();
        }

        private Path output() {
            return folder.resolve(name + ".out");
        }
    }
}
