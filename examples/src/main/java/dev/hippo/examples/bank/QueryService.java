// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The pipeline's query hippo, asked for rows of topics and tables. */
public final class QueryService {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** More records than any topic here has; the most that may be asked for. */
    private static final long ALL = 5_000_000;

    private final Path runFile;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();

    /** The service that the pipeline of a state folder runs by the name {@code ask}. */
    public QueryService(Path state) {
        this.runFile = state.resolve("run").resolve("ask.json");
    }

    /**
     * The answer's rows of key, content and money.
     *
     * @throws IOException if it does not answer, or not all of it
     */
    Rows rows(String sql) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/query"))
                .timeout(LIMIT)
                .header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(
                        JSON.createObjectNode().put("sql", sql).put("latest", ALL))))
                .build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        JsonNode answer = JSON.readTree(response.body());
        if (response.statusCode() != 200) {
            throw new IOException("the query service answers " + response.statusCode() + " to " + sql + ": "
                    + answer.path("detail").asText());
        }
        if (answer.path("truncated").asBoolean()) {
            throw new IOException("the query service has cut off rows of " + sql + "; raise limits.rows");
        }
        Rows.Collector collector = new Rows.Collector();
        for (JsonNode row : answer.path("rows")) {
            collector.add(
                    row.path(0).asLong(),
                    row.path(1).asText(),
                    row.path(2).isNull() ? null : row.path(2).asText());
        }
        return collector.rows();
    }

    private int port() throws IOException {
        if (!Files.exists(runFile)) {
            throw new IOException("the query service does not run: there is no " + runFile);
        }
        return JSON.readTree(Files.readAllBytes(runFile)).path("port").asInt();
    }
}
