// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.kit.HttpPort;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.TableSpec;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /query} with SQL, {@code GET /tables}. Each query has its own database, its share of memory and its time. */
final class QueryService implements HippoService {
    private static final Logger log = LoggerFactory.getLogger(QueryService.class);
    /** Queries at a time; each has that share of the memory. */
    private static final int CONCURRENT = 4;

    private static final int MAX_SQL_BYTES = 1 << 20;

    private final HippoContext context;
    private final HippoSettings.Query settings;
    private final LiveFiles files = new LiveFiles();
    private final Semaphore slots = new Semaphore(CONCURRENT);
    private final Timer latency;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "query-timeouts");
        thread.setDaemon(true);
        return thread;
    });
    private @Nullable HttpPort http;

    QueryService(HippoContext context) {
        this.context = context;
        this.settings = context.hippo().settings(HippoSettings.Query.class);
        this.latency = Timer.builder("hippo.query.latency")
                .publishPercentiles(0.5, 0.99)
                .register(context.meters());
    }

    @Override
    public void start() throws HippoFailure {
        HttpPort opened = HttpPort.open(context.hippo().host(), context.hippo().port(), 2 * CONCURRENT + 4);
        http = opened;
        opened.answer("/health", "application/json", context::healthJson);
        opened.answer("/metrics", "text/plain; version=0.0.4; charset=utf-8", context::metricsText);
        opened.handle("/query", this::query);
        opened.handle("/tables", this::tables);
        // the first query would pay for loading the database and Arrow
        try (var warm = java.sql.DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = warm.createStatement();
                ResultSet rows = statement.executeQuery("SELECT json_serialize_sql('SELECT 1')")) {
            StreamedRows.ended(rows);
        } catch (SQLException | IOException e) {
            throw new HippoFailure("DuckDB does not start: " + e.getMessage(), e);
        }
    }

    private void query(HttpExchange exchange) throws IOException {
        long begun = System.nanoTime();
        context.progress().in(1);
        try (exchange;
                AnswerBody body =
                        new AnswerBody(context.state().temporary(context.hippo().name()), share())) {
            Answers form;
            try {
                if (!exchange.getRequestMethod().equals("POST")) {
                    exchange.getResponseHeaders().set("Allow", "POST");
                    throw new QueryFailure(405, "send the SQL with POST");
                }
                form = Answers.accepted(exchange.getRequestHeaders().getFirst("Accept"));
                exchange.getResponseHeaders().set("Hippo-Answer", answer(request(exchange), form, begun, body));
            } catch (QueryFailure | IOException | RuntimeException e) {
                context.progress().rejected(1);
                problem(exchange, e);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", form.contentType());
            exchange.sendResponseHeaders(200, body.size() == 0 ? -1 : body.size());
            body.sendTo(exchange.getResponseBody());
        } finally {
            latency.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        }
    }

    /** Bytes that one query may use. */
    private long share() {
        return settings.memory() / CONCURRENT;
    }

    private static QueryRequest request(HttpExchange exchange) throws IOException, QueryFailure {
        byte[] text = exchange.getRequestBody().readNBytes(MAX_SQL_BYTES + 1);
        if (text.length > MAX_SQL_BYTES) {
            throw new QueryFailure(413, "a query may have " + MAX_SQL_BYTES + " bytes");
        }
        return QueryRequest.read(new String(text, StandardCharsets.UTF_8));
    }

    private String answer(QueryRequest request, Answers form, long begun, AnswerBody body)
            throws IOException, QueryFailure {
        if (!slots.tryAcquire()) {
            throw new QueryFailure(429, CONCURRENT + " queries run already; ask again in a moment");
        }
        try {
            Deadline deadline = Deadline.in(settings.timeout());
            Map<String, Long> before = null;
            for (int lost = 1; ; lost++) {
                Map<String, Long> versions = new LinkedHashMap<>();
                try {
                    return run(request, form, begun, deadline, body, versions);
                } catch (FileLost e) {
                    body.clear();
                    if (versions.equals(before)) {
                        throw new QueryFailure(
                                500,
                                "a table lacks a file of its present version (" + versions + "): " + e.getMessage()
                                        + "; a clean-up has taken too much, and only what it removed can mend that");
                    }
                    if (deadline.left().isZero()) {
                        throw new QueryFailure(
                                503,
                                "files of a table were removed while the query read them, " + lost + " times in "
                                        + deadline.told() + "; ask again");
                    }
                    // a commit replaced files, and a clean-up removed them, while the query ran: the version of now has
                    // others
                    before = versions;
                }
            }
        } finally {
            slots.release();
        }
    }

    /** Says that a file is gone that a table had when the query began. */
    private static final class FileLost extends Exception {
        private static final long serialVersionUID = 1L;

        FileLost(String message) {
            super(message);
        }
    }

    /**
     * Runs a query.
     *
     * @param versions takes the versions of the tables as far as the query comes
     */
    private String run(
            QueryRequest request,
            Answers form,
            long begun,
            Deadline deadline,
            AnswerBody body,
            Map<String, Long> versions)
            throws IOException, QueryFailure, FileLost {
        AtomicBoolean expired = new AtomicBoolean();
        try (Sandbox sandbox = Sandbox.open(context, files, request, share(), deadline, versions);
                Statement statement = sandbox.connection().createStatement()) {
            // again and again: a statement that has not begun yet does not hear it
            ScheduledFuture<?> expiry = timer.scheduleWithFixedDelay(
                    () -> cancel(statement, expired), deadline.left().toMillis(), 200, TimeUnit.MILLISECONDS);
            try {
                Answers.Outcome outcome =
                        form.write(statement, request.sql(), sandbox, settings.maxRows(), begun, body);
                context.progress().out(outcome.rows());
                return outcome.line(sandbox);
            } finally {
                expiry.cancel(false);
            }
        } catch (AnswerBody.TooLarge e) {
            throw new QueryFailure(507, String.valueOf(e.getMessage()));
        } catch (SQLException | IOException | RuntimeException e) {
            if (expired.get()) {
                throw deadline.passed();
            }
            SqlFault fault = SqlFault.of(e);
            if (fault.lostFile()) {
                throw new FileLost(fault.message().lines().findFirst().orElse(""));
            }
            if (e instanceof IOException own && fault.type().isEmpty()) {
                throw own;
            }
            if (e instanceof RuntimeException own && fault.type().isEmpty()) {
                throw own;
            }
            throw fault.in(request.sql());
        }
    }

    private static void cancel(Statement statement, AtomicBoolean expired) {
        expired.set(true);
        try {
            statement.cancel();
        } catch (SQLException e) {
            log.warn("A query could not be stopped", e);
        }
    }

    private void tables(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body;
            try {
                body = tables().toString().getBytes(StandardCharsets.UTF_8);
            } catch (QueryFailure | IOException | RuntimeException e) {
                problem(exchange, e);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private ArrayNode tables() throws IOException, QueryFailure {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (TableSpec table : context.pipeline().tables().values()) {
            ObjectNode node = all.addObject().put("name", table.name()).put("contract", table.contract());
            Optional<LiveFiles.Version> version =
                    files.of(table, context.state().location(table));
            if (version.isPresent()) {
                node.put("version", version.get().version())
                        .put("files", version.get().files().size());
                ArrayNode columns = node.putArray("columns");
                version.get()
                        .schema()
                        .fields()
                        .forEach(field -> columns.addObject()
                                .put("name", field.getName())
                                .put("type", SqlTypes.of(field.getDataType())));
            }
        }
        return all;
    }

    /** Tells why there is no answer; what is not the query's own fault goes to the log too. */
    private static void problem(HttpExchange exchange, Exception failure) throws IOException {
        int status = failure instanceof QueryFailure refused ? refused.status() : 500;
        String detail = String.valueOf(failure.getMessage());
        if (!(failure instanceof QueryFailure)) {
            log.error("A request failed for a reason that is not its own", failure);
            detail = "the query service failed (" + detail + "); its log has more";
        }
        byte[] body = JsonNodeFactory.instance
                .objectNode()
                .put("title", "The query is not answered")
                .put("status", status)
                .put("detail", detail)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public OptionalInt httpPort() {
        HttpPort opened = http;
        return opened == null ? OptionalInt.empty() : OptionalInt.of(opened.port());
    }

    @Override
    public void stop() {
        if (http != null) {
            http.close();
        }
        timer.shutdownNow();
    }
}
