// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The paths, names and sentences of the first Hippo's coordinator ({@code /hippo/v0.2.0/services}), for scripts that speak to it, over what {@link ServiceApi} knows
 * and orders. A hippo is registered by being declared in the pipeline file, so registering one answers that it exists, and none can be taken away here.
 * Thread-safe.
 */
public final class OldApi implements HttpHandler {
    /** What all paths begin with. */
    public static final String ROOT = "/hippo/v0.2.0/services";

    private static final String NOT_FOUND = "Hippo is not found.";
    private static final String NOT_NOW = "Command can not be handled at this state.";

    private final PipelineSpec pipeline;
    private final ServiceApi services;
    private final Access access;
    private final String doctor;

    /**
     * The old paths.
     *
     * @param doctor the host and port of this Doctor
     */
    public OldApi(PipelineSpec pipeline, ServiceApi services, Access access, String doctor) {
        this.pipeline = pipeline;
        this.services = services;
        this.access = access;
        this.doctor = doctor;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                ApiPort.requireAllowed(exchange, access);
                answer(exchange);
            } catch (ApiProblem e) {
                write(exchange, e.status(), error(String.valueOf(e.getMessage())));
            } catch (SQLException | KafkaUnavailable e) {
                write(exchange, 503, error(String.valueOf(e.getMessage())));
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException, ApiProblem, SQLException, KafkaUnavailable {
        String path = exchange.getRequestURI().getPath().substring(ROOT.length());
        String asked = exchange.getRequestMethod() + " " + path;
        List<String> words = List.of(path.split("/", -1));
        if (asked.equals("GET ")) {
            write(exchange, 200, status(exchange));
        } else if (asked.equals("POST ")) {
            register(exchange);
        } else if (asked.equals("GET /node")) {
            ObjectNode node = JsonNodeFactory.instance.objectNode().put("coordAddress", doctor);
            write(exchange, 200, node);
        } else if (words.size() >= 3 && words.get(1).equals("instances")) {
            instance(exchange, words);
        } else {
            throw new ApiProblem(404, "no such path", "there is no " + asked + " below " + ROOT);
        }
    }

    private ArrayNode status(HttpExchange exchange) throws SQLException {
        Map<String, String> wanted = query(exchange.getRequestURI().getRawQuery());
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (ObjectNode service : services.declared()) {
            ObjectNode old = old(service);
            boolean fits = old.path("user")
                            .asText()
                            .equals(wanted.getOrDefault("user", old.path("user").asText()))
                    && old.path("clientIP")
                            .asText()
                            .equals(wanted.getOrDefault(
                                    "clientIP", old.path("clientIP").asText()))
                    && old.path("name")
                            .asText()
                            .equals(wanted.getOrDefault(
                                    "serviceName", old.path("name").asText()));
            if (fits) {
                all.add(old);
            }
        }
        return all;
    }

    private void register(HttpExchange exchange) throws IOException, SQLException, ApiProblem {
        String name = ApiPort.body(exchange, exchange.getRequestMethod())
                .path("service_name")
                .asText();
        for (ObjectNode service : services.declared()) {
            if (service.path("name").asText().equals(name)) {
                throw new ApiProblem(409, "exists", "Hippo exists.");
            }
        }
        throw new ApiProblem(
                400,
                "not declared",
                "a hippo is registered by being declared in the pipeline file; '" + name + "' is not");
    }

    private void instance(HttpExchange exchange, List<String> words)
            throws IOException, ApiProblem, SQLException, KafkaUnavailable {
        ObjectNode service = find(words.get(2));
        String method = exchange.getRequestMethod();
        if (words.size() == 3 && method.equals("GET")) {
            write(exchange, 200, old(service));
        } else if (words.size() == 4
                && method.equals("POST")
                && List.of("start", "stop", "restart").contains(words.get(3))) {
            ApiPort.body(exchange, method);
            String name = service.path("name").asText();
            String word = words.get(3);
            try {
                services.order(name, word, !word.equals("stop"), word + " over " + ROOT);
                write(exchange, 200, old(services.service(name)));
            } catch (ApiProblem e) {
                write(exchange, e.status(), error(NOT_NOW).put("currentState", state(service)));
            }
        } else {
            write(exchange, 409, error(NOT_NOW).put("currentState", state(service)));
        }
    }

    private ObjectNode find(String id) throws SQLException, ApiProblem {
        for (ObjectNode service : services.declared()) {
            if (old(service).path("id").asText().equals(id)) {
                return service;
            }
        }
        throw new ApiProblem(404, "not found", NOT_FOUND);
    }

    private ObjectNode old(ObjectNode service) {
        String name = service.path("name").asText();
        String address = service.path("host").asText();
        String path = pipeline.folder().toString();
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", md5(name + "@" + address + ":" + path))
                .put("name", name)
                .put("clientIP", address)
                .put("path", path)
                .put("user", System.getProperty("user.name", ""))
                .put("coordAddress", doctor)
                .put("service_pid", service.path("pid").asLong())
                .put("state", state(service))
                .put("retry", service.path("restarts").asInt())
                .put("message", service.path("reason").asText())
                .put("lastUpdateTime", service.path("heartbeat_at").asText());
    }

    /** The first Hippo's word, with a capital. */
    private static String state(ObjectNode service) {
        String word = service.path("state").asText();
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new TreeMap<>();
        for (String pair : raw == null ? new String[0] : raw.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(parts[0], parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return query;
    }

    private static ObjectNode error(String text) {
        return JsonNodeFactory.instance.objectNode().put("error", text);
    }

    private static void write(HttpExchange exchange, int status, JsonNode answer) throws IOException {
        byte[] bytes = answer.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
