// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.hippo.sdk.Result;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an SQL file when the query service is busy or away; what the service itself answers QueryTablesIT tries. */
class QueryFileTest {
    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();
    private final List<Integer> refusals = new ArrayList<>();
    private HttpServer server;

    @BeforeEach
    void open() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/query", exchange -> {
            asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = (refusals.isEmpty() ? "{\"n\":1}\n{\"n\":2}\n" : "{\"detail\": \"4 queries run already\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(refusals.isEmpty() ? 200 : refusals.remove(0), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private String run(Duration patience, Path runFile) throws Exception {
        Result result = new Result();
        QueryFile.read("sums.sql", "select ':HIPPO_A', :HIPPO_A\n;", Map.of("HIPPO_A", "it's"))
                .run(
                        QueryClient.of(
                                Map.of("HIPPO_SQL_QUERY", "ask", "HIPPO_SQL_RUN_FILE", runFile.toString()), patience),
                        result,
                        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        return result.toJson();
    }

    private Path runFile() throws Exception {
        return Files.writeString(
                folder.resolve("ask.json"), "{\"port\": " + server.getAddress().getPort() + "}");
    }

    @Test
    void aServiceThatIsBusyIsAskedAgain() throws Exception {
        refusals.addAll(List.of(429, 503));
        assertThat(run(Duration.ofMinutes(1), runFile())).isEqualTo("{\"rows_in\": 2, \"n\": 1, \"statements\": 1}");
        assertThat(asked).hasSize(3).containsOnly("select ':HIPPO_A', 'it''s'");
        refusals.add(429);
        SqlFailure busy = catchThrowableOfType(SqlFailure.class, () -> run(Duration.ZERO, runFile()));
        assertThat(busy).hasMessage("sums.sql:1: 4 queries run already");
        assertThat(busy.hopeless()).isFalse();
    }

    @Test
    void aServiceThatIsNotThereIsTold() throws Exception {
        SqlFailure away =
                catchThrowableOfType(SqlFailure.class, () -> run(Duration.ofMillis(1), folder.resolve("none.json")));
        assertThat(away)
                .hasMessageStartingWith("query service 'ask' does not answer: it does not run on this host")
                .hasMessageContaining("url: http://HOST:PORT");
        assertThat(away.hopeless()).isFalse();
        Path runFile = runFile();
        server.stop(0);
        assertThat(catchThrowableOfType(SqlFailure.class, () -> run(Duration.ofMillis(1), runFile)))
                .hasMessage("query service 'ask' does not answer: no connection to 127.0.0.1");
    }
}
