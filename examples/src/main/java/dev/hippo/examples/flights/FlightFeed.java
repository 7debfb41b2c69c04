// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.flights;

import com.linecorp.armeria.client.grpc.GrpcClients;
import dev.hippo.door.v1.PublisherGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Feeds the pipeline: airports as JSON lines, flights as a stream of batches in event-time order, and a few events that are wrong on purpose. Prints a JSON line per second of
 * progress, one per refused event, and one at the end. {@code FlightFeed HOST:PORT FLIGHTS.parquet [AIRPORTS.csv]}; without airports, if
 * they come from a database.
 */
public final class FlightFeed {
    private static final List<String> WRONG = List.of(
            "{\"flightId\": \"wrong-1\", \"origin\": \"SFO\", \"destination\": \"JFK\", \"distanceMiles\": 2586}",
            "{\"flightId\": \"\", \"departedAt\": \"2001-01-01T10:00:00Z\", \"origin\": \"SAN FRANCISCO\", \"destination\": \"JFK\", \"distanceMiles\": 2586}",
            "{\"flightId\": \"wrong-3\", \"departedAt\": \"2001-01-01T10:00:00Z\", \"origin\": \"SFO\", \"destination\": \"JFK\", \"distanceMiles\": 2586, \"pilot\": \"Amelia\"}",
            "{\"flightId\": \"wrong-4\", \"departedAt\": \"yesterday\", \"origin\": \"SFO\", \"destination\": \"JFK\"}");

    private final String door;
    private final HttpClient http = HttpClient.newHttpClient();

    private FlightFeed(String door) {
        this.door = door;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 2 && args.length != 3) {
            System.err.println("FlightFeed HOST:PORT FLIGHTS.parquet [AIRPORTS.csv]");
            System.exit(2);
        }
        try (Connection reader = DriverManager.getConnection("jdbc:duckdb:")) {
            FlightFeed feed = new FlightFeed(args[0]);
            if (args.length == 3) {
                feed.airports(reader, args[2]);
            }
            feed.wrongEvents();
            feed.flights(reader, args[1]);
        }
        System.exit(0);
    }

    private void airports(Connection reader, String file) throws SQLException, IOException, InterruptedException {
        StringBuilder lines = new StringBuilder();
        long count = 0;
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT to_json(airport) FROM (" + Airports.select(file) + ") airport")) {
            while (rows.next()) {
                lines.append(rows.getString(1)).append('\n');
                count++;
            }
        }
        HttpResponse<String> answer = post("/topics/airports", "application/x-ndjson", lines.toString());
        say("{\"airports\": %d, \"status\": %d}", count, answer.statusCode());
        if (answer.statusCode() != 200) {
            throw new IOException("the door refused airports: "
                    + answer.body().substring(0, Math.min(500, answer.body().length())));
        }
    }

    private void wrongEvents() throws IOException, InterruptedException {
        for (String event : WRONG) {
            HttpResponse<String> answer = post("/topics/flights", "application/json", event);
            say("{\"wrong\": %s, \"status\": %d, \"answer\": %s}", event, answer.statusCode(), answer.body());
        }
    }

    private HttpResponse<String> post(String path, String type, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + door + path))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private void flights(Connection reader, String file) throws SQLException, IOException, InterruptedException {
        PublisherGrpc.PublisherStub stub = GrpcClients.builder("gproto+http://" + door + "/")
                .responseTimeout(Duration.ZERO)
                .maxResponseLength(0)
                .build(PublisherGrpc.PublisherStub.class);
        BatchSender sender = new BatchSender(stub, "flights");
        FlightEncoder encoder = new FlightEncoder();
        long sent = 0;
        long begun = System.nanoTime();
        long told = begun;
        try (Statement statement = reader.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT epoch(date)::BIGINT, delay::INTEGER, distance::INTEGER, origin, destination FROM read_parquet('"
                                + file.replace("'", "''") + "')")) {
            while (rows.next()) {
                sent++;
                String id = String.format(Locale.ROOT, "f%08d", sent);
                sender.add(
                        encoder.encode(
                                id,
                                rows.getLong(1),
                                rows.getInt(2),
                                rows.getInt(3),
                                rows.getString(4),
                                rows.getString(5)),
                        id);
                long now = System.nanoTime();
                if (now - told > 1_000_000_000L) {
                    told = now;
                    say("{\"sent\": %d, \"acknowledged\": %d}", sent, sender.acknowledged());
                }
            }
        }
        sender.finish();
        say(
                "{\"sent\": %d, \"acknowledged\": %d, \"refused\": %d, \"seconds\": %.2f, \"done\": true}",
                sent, sender.acknowledged(), sender.refused(), (System.nanoTime() - begun) / 1e9);
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
