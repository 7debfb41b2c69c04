// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.service.Alert;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How soon a death is told and the service runs again, under {@code hippo up} of {@code examples/tutorial}: its process is killed with -9, and another time frozen with
 * SIGSTOP, in turn. Run from the root of the repository, on a built tree.
 */
public final class RecoveryBench {
    private static final int KILLS = Integer.getInteger("hippo.bench.kills", 20);
    private static final int FREEZES = Integer.getInteger("hippo.bench.freezes", 5);
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path state;
    private final HttpClient http = HttpClient.newHttpClient();

    private RecoveryBench(Path state) {
        this.state = state;
    }

    public static void main(String[] arguments) throws Exception {
        Path state = Files.createTempDirectory("recovery-bench");
        Path out = state.resolve("up.out");
        Process up = new ProcessBuilder("./hippo", "up", "-f", "examples/tutorial", "--state", state.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .redirectInput(new File("/dev/null"))
                .start();
        try {
            RecoveryBench bench = new RecoveryBench(state);
            until(() -> Files.exists(out) && Files.readString(out).contains("is up:"));
            until(() -> bench.state().equals("running"));
            bench.measure();
        } finally {
            up.destroy();
            up.waitFor();
        }
    }

    /** Something that may fail while what it asks is dead. */
    private interface Question {
        boolean ask() throws IOException, InterruptedException;
    }

    private static long until(Question question) throws InterruptedException {
        long begun = System.nanoTime();
        while (true) {
            try {
                if (question.ask()) {
                    return System.nanoTime() - begun;
                }
            } catch (IOException e) {
                // it is dead, or about to begin
            }
            if (System.nanoTime() - begun > LIMIT_NANOS) {
                throw new IllegalStateException("it did not come to pass within two minutes");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void measure() throws Exception {
        List<Long> told = new ArrayList<>();
        List<Long> back = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            long pid = pid("nightly");
            try (TopicReader alerts = alerts()) {
                long begun = System.nanoTime();
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                awaitDeath(alerts);
                told.add(System.nanoTime() - begun);
                until(() -> pid("nightly") != 0 && pid("nightly") != pid);
                back.add(System.nanoTime() - begun);
            }
            // so long that the deaths before are not counted against it
            until(() -> state().equals("running"));
            calm();
        }
        List<Long> seen = new ArrayList<>();
        List<Long> replaced = new ArrayList<>();
        for (int i = 0; i < FREEZES; i++) {
            long pid = pid("nightly");
            long begun = System.nanoTime();
            new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor();
            until(() -> state().equals("unknown"));
            seen.add(System.nanoTime() - begun);
            until(() -> pid("nightly") != 0 && pid("nightly") != pid);
            replaced.add(System.nanoTime() - begun);
            until(() -> state().equals("running"));
            calm();
        }
        System.out.printf(Locale.ROOT, "%d kills and %d freezes of a batch hippo under `hippo up`%n%n", KILLS, FREEZES);
        System.out.println("| what | p50 ms | longest ms |");
        System.out.println("| --- | ---: | ---: |");
        row("killed with -9: the alert is on its topic", told);
        row("killed with -9: it runs again", back);
        row("frozen: it is `unknown`", seen);
        row("frozen: another process runs in its place", replaced);
        System.out.printf(
                Locale.ROOT,
                "%nResident memory: Doctor %d MB, the hippo %d MB, broker %d MB.%n",
                megabytes("doctor"),
                megabytes("nightly"),
                megabytes("kafka"));
    }

    /** Restarts it once, as a person would, so that the schedule forgets its deaths. */
    private void calm() throws Exception {
        long before = pid("nightly");
        http.send(
                HttpRequest.newBuilder(uri("/services/nightly/restart"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        until(() -> pid("nightly") != 0 && pid("nightly") != before);
        until(() -> state().equals("running"));
    }

    private TopicReader alerts() throws IOException, KafkaUnavailable {
        KafkaConnection kafka = new KafkaConnection(
                "127.0.0.1:" + Files.readString(state.resolve("kafka.port")).strip(), Map.of());
        TopicReader reader = TopicReader.open(kafka, "recovery-bench", ControlTopics.ALERTS);
        reader.start(0);
        return reader;
    }

    private static void awaitDeath(TopicReader alerts) throws IOException {
        while (true) {
            for (ConsumerRecord<byte[], byte[]> record : alerts.poll(Duration.ofMillis(100))) {
                if (Alert.fromBytes(record.value()).cause() == Alert.Cause.DIED) {
                    return;
                }
            }
        }
    }

    private static void row(String what, List<Long> nanos) {
        List<Long> sorted = new ArrayList<>(nanos);
        Collections.sort(sorted);
        System.out.printf(
                Locale.ROOT,
                "| %s | %,d | %,d |%n",
                what,
                TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() / 2)),
                TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() - 1)));
    }

    private JsonNode run(String service) throws IOException {
        Path file = state.resolve("run").resolve(service + ".json");
        return Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode();
    }

    private long pid(String service) throws IOException {
        return run(service).path("pid").asLong();
    }

    private URI uri(String path) throws IOException {
        return URI.create("http://127.0.0.1:" + run("doctor").path("port").asInt() + "/api/v1" + path);
    }

    private String state() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri("/services/nightly")).build();
        String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return JSON.readTree(body).path("state").asText();
    }

    private long megabytes(String service) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid(service) + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        return 0;
    }
}
