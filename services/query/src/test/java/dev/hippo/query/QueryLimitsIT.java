// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.pipeline.HippoSettings;
import java.io.RandomAccessFile;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time, memory and places: what one query may take, and that it takes it from no other. */
class QueryLimitsIT {
    /** Runs for minutes, and leaves nothing to remember. */
    private static final String ENDLESS =
            "select count(*) from range(10000000) a, range(10000000) b where a.range * b.range % 7 = 3";

    @TempDir
    static Path folder;

    private static QueryServer server;

    @BeforeAll
    static void open() throws Exception {
        server = QueryServer.open(
                folder, "127.0.0.1:1", new HippoSettings.Query(2_000_000, Duration.ofSeconds(4), 160L << 20));
        DeltaFiles sales = new DeltaFiles(server.table("sales"), List.of(), "id", "long");
        sales.append("select i::BIGINT as id from range(100000) r(i)");
        new DeltaFiles(server.table("damaged"), List.of(), "id", "long", "name", "string")
                .append("select i::BIGINT as id, 'name ' || hash(i) as name from range(400000) r(i)");
        try (RandomAccessFile file = new RandomAccessFile(
                server.table("damaged").resolve("part-0.parquet").toFile(), "rw")) {
            file.seek(file.length() / 100 * 95);
            file.write(new byte[1_000]);
        }
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @AfterEach
    void nothingIsLeftBehind() {
        await().atMost(Duration.ofMinutes(2)).until(() -> server.scratch() == 0);
    }

    @Test
    void aQueryThatRunsTooLongIsStopped() throws Exception {
        long begun = System.nanoTime();
        HttpResponse<byte[]> response = server.ask("application/json", ENDLESS);
        assertThat(response.statusCode()).isEqualTo(408);
        assertThat(QueryServer.text(response)).contains("ran longer than 4.0 s and was stopped");
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(40));
    }

    @Test
    void anAnswerIsStoppedInItsMiddleToo() throws Exception {
        // a first row at once, then none for long
        HttpResponse<byte[]> response = server.ask(
                "application/x-ndjson",
                "select a.range from range(10000000000) a where a.range = 0 or hash(hash(hash(a.range::varchar)::varchar)::varchar) = 3 limit 2");
        assertThat(response.statusCode()).isEqualTo(408);
        assertThat(server.rows("select 1")).isEqualTo("[[1]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/x-ndjson",
                "text/csv",
                "application/vnd.apache.arrow.stream",
                "application/vnd.apache.parquet"
            })
    void aFailureBehindManyRowsIsNotTheirEnd(String accept) throws Exception {
        HttpResponse<byte[]> response = server.ask(
                accept, "select case when i = 500000 then error('spoiled') else i end as i from range(600000) r(i)");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(QueryServer.text(response)).contains("spoiled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/csv", "application/vnd.apache.arrow.stream"})
    void aTableIsNotShorterWhereAFileIsBroken(String accept) throws Exception {
        HttpResponse<byte[]> response = server.ask(accept, "select id, name from damaged");
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(QueryServer.text(response)).contains("Failed to read file", "part-0.parquet");
    }

    @Test
    void aQueryThatNeedsTooMuchMemoryIsRefused() throws Exception {
        assertThat(server.refusal("select list(range) from range(30000000)"))
                .startsWith("507 the query needs more memory than it may have: ")
                .contains("limits: {memory}");
        assertThat(server.rows("select count(*) from sales")).isEqualTo("[[100000]]");
    }

    @Test
    void anAnswerThatIsTooLargeIsRefused() throws Exception {
        assertThat(server.refusal("select repeat('x', 100000) as x from range(1000)"))
                .startsWith("507 the answer is larger than 40 MiB");
    }

    @Test
    void anAnswerThatDoesNotFitInMemoryIsStillWhole() throws Exception {
        HttpResponse<byte[]> response = server.ask("text/csv", "select i from range(600000) r(i)");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().length).isGreaterThan(3 << 20);
        assertThat(QueryServer.text(response)).endsWith("\r\n599999\r\n");
    }

    @Test
    void heavyQueriesDoNotStopALightOne() throws Exception {
        assertThat(server.rows("select count(*) from sales")).isEqualTo("[[100000]]");
        List<CompletableFuture<HttpResponse<byte[]>>> heavy = new ArrayList<>();
        heavy.add(server.start("application/vnd.apache.parquet", ENDLESS));
        heavy.add(server.start("application/json", "select list(range) from range(30000000)"));
        heavy.add(server.start("text/csv", ENDLESS));
        int answered = 0;
        while (!heavy.get(0).isDone()) {
            assertThat(server.rows("select count(*), max(id) from sales")).isEqualTo("[[100000,99999]]");
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
            answered += heavy.get(0).isDone() ? 0 : 1;
        }
        assertThat(answered).isPositive();
        assertThat(heavy.get(0).get().statusCode()).isEqualTo(408);
        assertThat(heavy.get(1).get().statusCode()).isEqualTo(507);
        assertThat(heavy.get(2).get().statusCode()).isEqualTo(408);
    }

    @Test
    void whenAllPlacesAreTakenTheNextIsToldAtOnceAndTheyComeFree() throws Exception {
        List<CompletableFuture<HttpResponse<byte[]>>> heavy = new ArrayList<>();
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            while (heavy.stream().filter(query -> !query.isDone()).count() < 4) {
                heavy.add(server.start("application/json", ENDLESS));
            }
            return server.ask("application/json", "select 1").statusCode() == 429;
        });
        assertThat(server.get("/health").statusCode()).isEqualTo(200);
        for (CompletableFuture<HttpResponse<byte[]>> query : heavy) {
            assertThat(query.get().statusCode()).isIn(408, 429);
        }
        assertThat(server.rows("select 1")).isEqualTo("[[1]]");
    }
}
