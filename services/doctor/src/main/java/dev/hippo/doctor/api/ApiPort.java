// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HTTP with what the routes say; anything else with a problem. On loopback a call by another name than the host's own is refused, elsewhere one
 * without the token; and everywhere an order that a page in a browser could send without asking.
 */
public final class ApiPort implements HttpHandler {
    /** What all paths begin with. */
    public static final String ROOT = "/api/v1";

    /** The path whose answer does not end. */
    static final String EVENTS = "/events";

    private static final Logger log = LoggerFactory.getLogger(ApiPort.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST_BODY = 1 << 20;
    private static final String LOCAL = "(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]+)?";

    private final List<Route> routes;
    private final Access access;
    private final EventStream events;

    public ApiPort(JobServer server, ServiceApi services, Access access) {
        this.routes = Stream.concat(server.routes().stream(), services.routes().stream())
                .toList();
        this.access = access;
        this.events = server.events();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        boolean streams = false;
        try {
            try {
                streams = answer(exchange);
            } catch (ApiProblem e) {
                problem(exchange, e.status(), e.title(), String.valueOf(e.getMessage()));
            } catch (KafkaUnavailable e) {
                problem(exchange, 503, "Kafka does not answer", String.valueOf(e.getMessage()));
            } catch (SQLException e) {
                log.warn("The database does not answer", e);
                problem(exchange, 503, "the database does not answer", String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                log.error("No answer to {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
                problem(exchange, 500, "no answer", "the Doctor has a fault; its log says more");
            }
        } finally {
            if (!streams) {
                exchange.close();
            }
        }
    }

    /** Answers; true if the answer goes on after this. */
    private boolean answer(HttpExchange exchange) throws ApiProblem, SQLException, KafkaUnavailable, IOException {
        requireAllowed(exchange, access);
        String path = exchange.getRequestURI().getPath();
        String asked = path.startsWith(ROOT) ? path.substring(ROOT.length()) : path;
        List<Route> there =
                routes.stream().filter(route -> route.match(asked).isPresent()).toList();
        if (there.isEmpty()) {
            throw new ApiProblem(
                    404,
                    "no such path",
                    "there is nothing at " + path + "; " + ROOT + "/openapi.json tells what there is");
        }
        String method = exchange.getRequestMethod();
        Optional<Route> route =
                there.stream().filter(each -> each.method().equals(method)).findFirst();
        if (route.isEmpty()) {
            String allowed = String.join(", ", there.stream().map(Route::method).toList());
            exchange.getResponseHeaders().set("Allow", allowed);
            throw new ApiProblem(405, "not this way", path + " takes " + allowed + ", not " + method);
        }
        Map<String, String> values = route.get().match(asked).orElse(Map.of());
        ApiRequest request = new ApiRequest(
                values, query(exchange.getRequestURI().getRawQuery(), route.get()), body(exchange, method));
        if (route.get().path().equals(EVENTS)) {
            String last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            String after = request.query("after");
            events.open(exchange, last != null ? last : after != null ? after : "");
            return true;
        }
        write(
                exchange,
                route.get().status(),
                "application/json",
                route.get().handler().answer(request));
        return false;
    }

    /** Refuses a call by another name than the host's own, which may be a page of a browser that was told a wrong address, and one without the token. */
    static void requireAllowed(HttpExchange exchange, Access access) throws ApiProblem {
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (access.loopback() && host != null && !host.toLowerCase(Locale.ROOT).matches(LOCAL)) {
            throw new ApiProblem(403, "not for others", "the API is for this host: call it as 127.0.0.1 or localhost");
        }
        if (!access.allows(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
            throw new ApiProblem(
                    401, "not allowed", "the header 'Authorization: Bearer TOKEN' must have the Doctor's token");
        }
    }

    private static Map<String, String> query(@Nullable String raw, Route route) throws ApiProblem {
        Map<String, String> query = new TreeMap<>();
        for (String pair : raw == null || raw.isEmpty() ? new String[0] : raw.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            String name = decode(parts[0]);
            if (!route.query().contains(name)) {
                throw new ApiProblem(
                        400,
                        "unknown parameter",
                        "there is no parameter '" + name + "' here"
                                + (route.query().isEmpty() ? "" : "; there are " + String.join(", ", route.query())));
            }
            if (query.put(name, parts.length < 2 ? "" : decode(parts[1])) != null) {
                throw new ApiProblem(400, "parameter given twice", "'" + name + "' can be given once only");
            }
        }
        return query;
    }

    private static String decode(String text) throws ApiProblem {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiProblem(
                    400, "bad address", "'" + text + "' has a % that two hexadecimal digits do not follow");
        }
    }

    /** The body of an order, which has a header that a page of a browser cannot send without asking. */
    static ObjectNode body(HttpExchange exchange, String method) throws ApiProblem, IOException {
        if (!method.equals("POST")) {
            return JSON.createObjectNode();
        }
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw new ApiProblem(
                    415, "not JSON", "an order has the header 'Content-Type: application/json', even without a body");
        }
        byte[] body = exchange.getRequestBody().readNBytes(LONGEST_BODY + 1);
        if (body.length > LONGEST_BODY) {
            throw new ApiProblem(413, "too long", "an order has at most " + LONGEST_BODY + " bytes");
        }
        if (body.length == 0) {
            return JSON.createObjectNode();
        }
        try {
            if (JSON.readTree(body) instanceof ObjectNode object) {
                return object;
            }
            throw new ApiProblem(400, "not a JSON object", "the body must be a JSON object");
        } catch (JsonProcessingException e) {
            throw new ApiProblem(400, "not JSON", "the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private static void problem(HttpExchange exchange, int status, String title, String detail) throws IOException {
        write(
                exchange,
                status,
                "application/problem+json",
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "about:blank")
                        .put("title", title)
                        .put("status", status)
                        .put("detail", detail));
    }

    private static void write(HttpExchange exchange, int status, String type, JsonNode answer) throws IOException {
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
