// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A query service, at an address or where its process says that it answers. One that is not there, or is busy, is asked again for a while: it
 * only reads, so an answer that did not come may be asked for again.
 */
final class QueryClient {
    private static final Set<Integer> ASK_AGAIN = Set.of(429, 503);
    private static final long PAUSE_MILLIS = 200;

    /** What is made of an answer. */
    interface Reader<T> {
        T read(HttpResponse<InputStream> answer) throws IOException, SqlFailure;
    }

    private final String name;
    private final String host;
    private final Address address;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private interface Address {
        String find() throws IOException;
    }

    private QueryClient(String name, String host, Address address, Duration patience) {
        this.name = name;
        this.host = host;
        this.address = address;
        this.patience = patience;
    }

    /** The service that the variables of a job name. */
    static QueryClient of(Map<String, String> variables, Duration patience) {
        String url = variables.getOrDefault("HIPPO_SQL_URL", "");
        if (!url.isEmpty()) {
            return new QueryClient("the query service at " + url, url, () -> url, patience);
        }
        String hippo = variables.getOrDefault("HIPPO_SQL_QUERY", "");
        String host = variables.getOrDefault("HIPPO_SQL_HOST", "127.0.0.1");
        Path runFile = Path.of(variables.getOrDefault("HIPPO_SQL_RUN_FILE", ""));
        return new QueryClient(
                "query service '" + hippo + "'",
                host,
                () -> {
                    try {
                        int port = new ObjectMapper()
                                .readTree(Files.readAllBytes(runFile))
                                .path("port")
                                .asInt();
                        return "http://" + host + ":" + port;
                    } catch (NoSuchFileException e) {
                        throw new ConnectException(
                                "it does not run on this host (for one on another host write url: http://HOST:PORT)");
                    }
                },
                patience);
    }

    /**
     * Sends a query.
     *
     * @throws SqlFailure as the reader does, or if there is no service all the time
     */
    <T> T ask(String sql, Reader<T> reader) throws SqlFailure, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                HttpRequest request = HttpRequest.newBuilder(URI.create(address.find() + "/query"))
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .header("Accept", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofString(sql))
                        .build();
                HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                InputStream body = answer.body();
                try (body) {
                    if (!ASK_AGAIN.contains(answer.statusCode()) || System.nanoTime() >= end) {
                        return reader.read(answer);
                    }
                }
            } catch (IOException e) {
                if (System.nanoTime() >= end) {
                    String why = e.getMessage() == null ? "no connection to " + host : e.getMessage();
                    throw new SqlFailure(name + " does not answer: " + why, false);
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }
}
