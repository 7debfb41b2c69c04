// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.query;

import dev.hippo.bench.BenchPipeline;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Asks the query service and bare DuckDB the same questions of the same Parquet files in turns, in the same run, and prints a Markdown table of latencies. DuckDB
 * is open all the time and has two threads; the service is a process of its own and is asked over HTTP. Arguments: the lib folder, rows of the table
 * (3,000,000), files (60), times that each question is asked (50), records of the topic (100,000).
 */
public final class QueryBench {
    private static final int WARM_UP = 8;

    private static final Map<String, String> QUESTIONS = questions();

    private QueryBench() {}

    private static Map<String, String> questions() {
        Map<String, String> questions = new LinkedHashMap<>();
        questions.put("count", "SELECT count(*) FROM flights");
        questions.put("one flight", "SELECT * FROM flights WHERE flight_id = 'F1234567'");
        questions.put(
                "one day",
                "SELECT origin, count(*) FROM flights WHERE departed_at >= '2001-03-01' AND departed_at < '2001-03-02' GROUP BY 1");
        questions.put(
                "ten busiest airports",
                "SELECT origin, count(*) AS n, avg(delay_minutes) FROM flights GROUP BY 1 ORDER BY n DESC LIMIT 10");
        questions.put(
                "join with itself",
                "SELECT a.origin, a.n, b.n FROM (SELECT origin, count(*) AS n FROM flights GROUP BY 1) a JOIN (SELECT destination, count(*) AS n FROM flights GROUP BY 1) b ON a.origin = b.destination ORDER BY a.origin");
        questions.put("ten thousand rows", "SELECT * FROM flights LIMIT 10000");
        return questions;
    }

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib");
        long rows = args.length > 1 ? Long.parseLong(args[1]) : 3_000_000;
        int files = args.length > 2 ? Integer.parseInt(args[2]) : 60;
        int times = args.length > 3 ? Integer.parseInt(args[3]) : 50;
        int records = args.length > 4 ? Integer.parseInt(args[4]) : 100_000;
        try (BenchPipeline pipeline = new BenchPipeline(QueryBench.class, lib, "flights.proto")) {
            FlightTable table = FlightTable.write(pipeline.state().table("flights"), rows, files);
            pipeline.startKafka();
            pipeline.ready("query", "ask", "-Xmx512m", "--add-opens=java.base/java.nio=ALL-UNNAMED");
            System.out.println("| question | hippo p50 ms | p99 ms | DuckDB p50 ms | p99 ms | ratio of p50 |");
            System.out.println("| --- | ---: | ---: | ---: | ---: | ---: |");
            Client client = new Client("http://127.0.0.1:" + pipeline.port("ask") + "/query");
            try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                    Statement statement = duck.createStatement()) {
                statement.execute("SET TimeZone='UTC'");
                statement.execute("SET threads=2");
                statement.execute("CREATE VIEW flights AS FROM " + table.sql());
                for (Map.Entry<String, String> question : QUESTIONS.entrySet()) {
                    beside(question.getKey(), question.getValue(), client, statement, times);
                }
            }
            FlightTopic.fill(pipeline.kafka(), records);
            for (long latest : new long[] {1_000, 10_000, 100_000}) {
                Latencies latencies = new Latencies();
                String body = "{\"sql\": \"SELECT origin, count(*) FROM topics.departures GROUP BY 1\", \"latest\": "
                        + latest + "}";
                for (int i = -WARM_UP; i < times; i++) {
                    latencies.add(i, client.ask(body));
                }
                System.out.printf(
                        Locale.ROOT,
                        "| newest %,d of a topic | %.1f | %.1f | | | |%n",
                        latest,
                        latencies.millis(0.5),
                        latencies.millis(0.99));
            }
        }
    }

    private static void beside(String name, String sql, Client client, Statement statement, int times)
            throws Exception {
        Latencies hippo = new Latencies();
        Latencies bare = new Latencies();
        for (int i = -WARM_UP; i < times; i++) {
            hippo.add(i, client.ask(sql));
            bare.add(i, bare(sql, statement));
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.2f |%n",
                name,
                hippo.millis(0.5),
                hippo.millis(0.99),
                bare.millis(0.5),
                bare.millis(0.99),
                hippo.millis(0.5) / bare.millis(0.5));
    }

    private static long bare(String sql, Statement statement) throws SQLException {
        long begun = System.nanoTime();
        try (ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            long bytes = 0;
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    bytes += String.valueOf(rows.getObject(i)).length();
                }
            }
            if (bytes == 0) {
                throw new IllegalStateException("no answer to " + sql);
            }
        }
        return System.nanoTime() - begun;
    }

    /** One question at a time over one connection. */
    private static final class Client {
        private final HttpClient http = HttpClient.newHttpClient();
        private final URI uri;

        Client(String uri) {
            this.uri = URI.create(uri);
        }

        long ask(String body) throws IOException, InterruptedException {
            long begun = System.nanoTime();
            HttpResponse<byte[]> response = http.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(Duration.ofMinutes(2))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException(new String(response.body(), StandardCharsets.UTF_8));
            }
            return System.nanoTime() - begun;
        }
    }

    /** What the rounds took that count. */
    private static final class Latencies {
        private final List<Long> nanos = new ArrayList<>();

        void add(int round, long took) {
            if (round >= 0) {
                nanos.add(took);
            }
        }

        double millis(double part) {
            long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
            Arrays.sort(sorted);
            return sorted[(int) (part * (sorted.length - 1))] / 1e6;
        }
    }
}
