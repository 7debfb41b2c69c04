// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.ports.StablePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts the words of a licence while the step is killed with -9, and counts them again by itself. */
class WordCountIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration BETWEEN_LINES = Duration.ofMillis(130);
    private static final int TIMES = 2;

    @TempDir
    Path folder;

    private record Line(String text, Instant at) {}

    @Test
    void everyWordAndEveryWindowIsExactThoughTheStepWasKilled() throws Exception {
        List<Line> lines = lines();
        int port = StablePort.choose("127.0.0.1");
        try (HippoCommand hippo = new HippoCommand(
                HippoCommand.root().resolve("examples/wordcount"),
                folder.resolve("state"),
                Map.of("WORDS_PORT", Integer.toString(port)))) {
            hippo.up();
            send(port, lines.subList(0, lines.size() / 2));
            Awaitility.await("the first counts")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> hippo.number("select count(*) from topics.counts") > 0);
            long step = hippo.pid("count");
            Thread rest = new Thread(() -> send(port, lines.subList(lines.size() / 2, lines.size())), "rest");
            rest.start();
            ProcessHandle.of(step).orElseThrow().destroyForcibly();
            rest.join();
            // time goes on only with what comes later; this line's own windows stay open
            send(port, List.of(new Line("", lines.get(lines.size() - 1).at().plus(1, ChronoUnit.HOURS))));

            Map<String, Long> counts = counts(lines);
            Map<String, Long> windows = windows(lines);
            Awaitility.await("the step is back, and every window is in the table")
                    .atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> hippo.pid("count") != 0
                            && hippo.pid("count") != step
                            && hippo.number("select coalesce(sum(times), 0) from recent")
                                    >= windows.values().stream()
                                            .mapToLong(Long::longValue)
                                            .sum());
            assertThat(
                            rows(
                                    hippo,
                                    "select word || ' ' || strftime(until, '%H:%M:%S'), count(*), sum(times) from recent group by 1"))
                    .as("windows in the table, each once")
                    .isEqualTo(windows);
            assertThat(rows(hippo, "select word, 1, max_by(times, _offset) from topics.counts group by 1"))
                    .as("the last count of each word")
                    .isEqualTo(counts);
        }
    }

    /** The rows of a query by their first column; the second must be one. */
    private static Map<String, Long> rows(HippoCommand hippo, String sql) throws IOException, InterruptedException {
        HippoCommand.Result result = hippo.run("query", "--json", sql);
        assertThat(result.status()).as(result.output()).isZero();
        JsonNode answer = JSON.readTree(result.output());
        assertThat(answer.path("truncated").asBoolean()).isFalse();
        Map<String, Long> rows = new TreeMap<>();
        for (JsonNode row : answer.path("rows")) {
            assertThat(row.path(1).asInt()).as(row.path(0).asText()).isOne();
            rows.put(row.path(0).asText(), row.path(2).asLong());
        }
        return rows;
    }

    private static List<Line> lines() throws IOException {
        List<String> text = Files.readAllLines(HippoCommand.root().resolve("LICENSE"));
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < TIMES * text.size(); i++) {
            lines.add(new Line(text.get(i % text.size()), START.plus(BETWEEN_LINES.multipliedBy(i))));
        }
        return lines;
    }

    private static List<String> words(String text) {
        return Pattern.compile("[a-z]+")
                .matcher(text.toLowerCase(Locale.ROOT))
                .results()
                .map(found -> found.group())
                .toList();
    }

    private static Map<String, Long> counts(List<Line> lines) {
        Map<String, Long> counts = new TreeMap<>();
        lines.forEach(line -> words(line.text()).forEach(word -> counts.merge(word, 1L, Long::sum)));
        return counts;
    }

    /** By word and end: five seconds that end at each full second. */
    private static Map<String, Long> windows(List<Line> lines) {
        Map<String, Long> windows = new TreeMap<>();
        for (Line line : lines) {
            Instant first = line.at().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
            for (int i = 0; i < 5; i++) {
                String end = first.plusSeconds(i).toString().substring(11, 19);
                words(line.text()).forEach(word -> windows.merge(word + " " + end, 1L, Long::sum));
            }
        }
        return windows;
    }

    private static void send(int port, List<Line> lines) {
        try {
            for (int from = 0; from < lines.size(); from += 50) {
                StringBuilder body = new StringBuilder();
                for (Line line : lines.subList(from, Math.min(from + 50, lines.size()))) {
                    body.append(JSON.createObjectNode()
                                    .put("text", line.text())
                                    .put("at", line.at().toString()))
                            .append('\n');
                }
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/topics/lines"))
                                        .header("content-type", "application/x-ndjson")
                                        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
