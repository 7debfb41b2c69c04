// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.CommandFailure;
import dev.hippo.cli.ExitStatus;
import dev.hippo.cli.QueryCommand;
import dev.hippo.cli.Services;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What the demo shows once everything runs: the feed, the refusals, three questions, the books. */
final class DemoStory {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SETTLE_LIMIT = Duration.ofMinutes(2);

    private final Installation home;
    private final PipelineSpec pipeline;
    private final StateFolder state;
    private final Services services;
    private final PrintWriter out;
    private long sent;
    private long acknowledged;
    private int wrong;
    private int refused;

    DemoStory(Installation home, PipelineSpec pipeline, StateFolder state, Services services, PrintWriter out) {
        this.home = home;
        this.pipeline = pipeline;
        this.state = state;
        this.services = services;
        this.out = out;
    }

    /** Tells it, with airports that come through the door, and answers whether the books balance. */
    boolean tell(Path flights, Path airports) throws IOException, InterruptedException, KafkaUnavailable {
        feed(flights.toString(), airports.toString());
        return tell();
    }

    /**
     * Tells it, with airports that come from a database, and answers whether the books balance.
     *
     * @param airports how many
     */
    boolean tell(Path flights, long airports) throws IOException, InterruptedException, KafkaUnavailable {
        long end = System.nanoTime() + SETTLE_LIMIT.toNanos();
        long captured = count("airports");
        while (captured < airports) {
            if (System.nanoTime() > end) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        "of " + airports + " airports only " + captured + " were captured within "
                                + SETTLE_LIMIT.toSeconds() + " s; see " + state.logs());
            }
            TimeUnit.MILLISECONDS.sleep(200);
            captured = count("airports");
        }
        out.printf(Locale.ROOT, "Captured %,d airports from PostgreSQL.%n", captured);
        feed(flights.toString());
        return tell();
    }

    private boolean tell() throws IOException, InterruptedException, KafkaUnavailable {
        settle();
        ask();
        Reconciliation books = reconcile();
        out.println("\nThe books");
        books.lines().forEach(line -> out.println("  " + line));
        return books.matches();
    }

    private long count(String topic) throws IOException, KafkaUnavailable {
        try (TopicReader reader = TopicReader.open(KafkaConnection.of(pipeline, state), "demo-books", topic)) {
            return reader.count();
        }
    }

    private void feed(String... files) throws IOException, InterruptedException {
        int port = services.port("gate")
                .orElseThrow(() -> new CommandFailure(ExitStatus.UNAVAILABLE, "the door does not run"));
        List<String> command = new ArrayList<>(List.of(
                home.java().toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + state.root().resolve("tmp"),
                "-cp",
                home.lib("examples") + "/*",
                "dev.hippo.examples.flights.FlightFeed",
                "127.0.0.1:" + port));
        command.addAll(List.of(files));
        Process process = new ProcessBuilder(command)
                .redirectError(state.logs().resolve("feed.out").toFile())
                .start();
        boolean terminal = Terminal.isOne();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said(JSON.readTree(line), terminal);
            }
        } finally {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        if (process.exitValue() != 0) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "the feed failed; see " + state.logs().resolve("feed.out"));
        }
    }

    private void said(JsonNode line, boolean terminal) {
        if (line.has("airports")) {
            out.printf(
                    Locale.ROOT,
                    "Sent %,d airports through the door, as JSON lines.%n",
                    line.path("airports").asLong());
        } else if (line.has("wrong")) {
            wrong++;
            if (wrong == 1) {
                out.println("Events that break their contract are refused, with the reason:");
            }
            if (line.path("status").asInt() == 422) {
                refused++;
            }
            out.printf(
                    "  %d  %s%n",
                    line.path("status").asInt(),
                    line.path("answer").path("detail").asText());
        } else if (line.path("done").asBoolean()) {
            sent = line.path("sent").asLong();
            acknowledged = line.path("acknowledged").asLong();
            out.printf(
                    Locale.ROOT,
                    "%sSent %,d flights as a gRPC stream of batches in %.1f s (%,.0f a second, cold start and all hippos on the same cores).%n",
                    terminal ? "\r\u001b[K" : "",
                    sent,
                    line.path("seconds").asDouble(),
                    sent / Math.max(0.01, line.path("seconds").asDouble()));
        } else if (terminal) {
            out.printf(
                    Locale.ROOT,
                    "\r\u001b[K  flights sent %,d, acknowledged %,d",
                    line.path("sent").asLong(),
                    line.path("acknowledged").asLong());
            out.flush();
        }
    }

    /** Waits until all that was acknowledged is in the table, and the step has closed the last hours it can close. */
    private void settle() throws IOException, InterruptedException {
        out.println("Waiting for the last rows to land ...");
        long end = System.nanoTime() + SETTLE_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (landed() && counted()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        out.println("They have not all landed within " + SETTLE_LIMIT.toSeconds() + " s; the books will show it.");
    }

    private boolean landed() throws IOException, InterruptedException {
        return number("select count(*) from flights") >= acknowledged;
    }

    private boolean counted() throws IOException, InterruptedException {
        // the hour before the last flight's is the last that can be closed: nothing later says that it is over
        long due = number("select count(*) from flights where departed_at < "
                + "(select date_trunc('hour', max(departed_at)) - interval 1 hour from flights)");
        long counted = number("select coalesce(sum(flights), 0) from delays");
        // and of the hour that landed last, some airports may be in the table's next commit
        return counted >= due && counted == inClosedHours();
    }

    private long inClosedHours() throws IOException, InterruptedException {
        return number(
                "select count(*) from flights where departed_at < (select max(hour) + interval 1 hour from delays)");
    }

    private long number(String sql) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = post(sql);
        return response.statusCode() == 200
                ? JSON.readTree(response.body()).path("rows").path(0).path(0).asLong()
                : -1;
    }

    private HttpResponse<byte[]> post(String sql) throws IOException, InterruptedException {
        return services.post(services.query(), "text/plain", "application/json", sql.getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode answer(String sql) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = post(sql);
        JsonNode body = JSON.readTree(response.body());
        if (response.statusCode() != 200) {
            throw new CommandFailure(ExitStatus.FAILED, body.path("detail").asText());
        }
        return body;
    }

    private void ask() throws IOException, InterruptedException {
        question(
                "Which airports send off the most flights, and how late?  (table flights)",
                "select origin, count(*) as flights, round(avg(delay_minutes), 1) as average_delay,"
                        + " round(100.0 * count(*) filter (where delay_minutes >= 15) / count(*), 1) as percent_late"
                        + " from flights group by origin order by flights desc limit 8");
        question(
                "In which cities is a departure most often late?  (table delays: counted by Flink, joined with the airports)",
                "select city, state, sum(flights) as flights, round(100.0 * sum(delayed) / sum(flights), 1) as percent_late,"
                        + " max(longest_delay_minutes) as longest_delay from delays group by city, state"
                        + " having sum(flights) > 1000 order by percent_late desc limit 8");
        out.println("\nWhen in the day is it best to fly?  (average delay by hour of departure, table delays)");
        JsonNode hours = answer("select hour(hour) as h, sum(average_delay_minutes * flights) / sum(flights) as delay"
                + " from delays group by 1 having sum(flights) > 100 order by 1");
        List<BarChart.Bar> bars = new ArrayList<>();
        for (JsonNode row : hours.path("rows")) {
            bars.add(new BarChart.Bar(
                    String.format(Locale.ROOT, "%02d:00", row.path(0).asInt()),
                    row.path(1).asDouble()));
        }
        BarChart.draw(bars, 48, " min").forEach(line -> out.println("  " + line));
    }

    private void question(String title, String sql) throws IOException, InterruptedException {
        out.println("\n" + title);
        QueryCommand.table(answer(sql)).lines().forEach(line -> out.println("  " + line));
    }

    private Reconciliation reconcile() throws IOException, InterruptedException, KafkaUnavailable {
        long inTopic = count("flights");
        JsonNode table = answer("select count(*), count(distinct flight_id) from flights")
                .path("rows")
                .path(0);
        JsonNode delays = answer("select count(*), count(distinct (airport, hour)), sum(flights) from delays")
                .path("rows")
                .path(0);
        return new Reconciliation(
                sent,
                acknowledged,
                inTopic,
                table.path(0).asLong(),
                table.path(1).asLong(),
                wrong > 0 && refused == wrong,
                delays.path(2).asLong(),
                inClosedHours(),
                delays.path(0).asLong(),
                delays.path(1).asLong());
    }
}
