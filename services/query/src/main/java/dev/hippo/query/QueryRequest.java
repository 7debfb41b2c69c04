// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.Suggestion;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question: SQL alone, or {@code {"sql": ..., "latest": 500, "from": "2026-01-01T00:00:00Z", "to": ...}}, in which the last three say how much of a topic is read.
 *
 * @param latest how many records of each topic at most, the newest
 * @param from records from this time on, by Kafka's timestamp; null for no bound
 * @param to records before this time; null for no bound
 */
record QueryRequest(
        String sql,
        long latest,
        @Nullable Instant from,
        @Nullable Instant to) {
    /** The most that {@code latest} may be, and a time range may hold. */
    static final long MOST = 5_000_000;

    private static final long LATEST = 10_000;
    private static final List<String> FIELDS = List.of("sql", "latest", "from", "to");

    static QueryRequest read(String body) throws QueryFailure {
        String text = body.strip();
        if (!text.startsWith("{")) {
            return new QueryRequest(require(body), LATEST, null, null);
        }
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new QueryFailure(400, "the request is no JSON: " + e.getOriginalMessage());
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new QueryFailure(
                        400,
                        "the request has a field '" + field.getKey() + "', which is unknown; "
                                + Suggestion.hint(field.getKey(), FIELDS));
            }
        }
        Instant from = time(json, "from");
        Instant to = time(json, "to");
        if (from != null && to != null && !from.isBefore(to)) {
            throw new QueryFailure(400, "'from' (" + from + ") is not before 'to' (" + to + ")");
        }
        JsonNode latest = json.path("latest");
        if (!latest.isMissingNode() && (!latest.isIntegralNumber() || latest.asLong() < 1 || latest.asLong() > MOST)) {
            throw new QueryFailure(400, "'latest' is a number from 1 to " + MOST + ", not " + latest);
        }
        return new QueryRequest(
                require(json.path("sql").asText("")),
                latest.asLong(from != null || to != null ? MOST : LATEST),
                from,
                to);
    }

    private static String require(String sql) throws QueryFailure {
        if (sql.isBlank()) {
            throw new QueryFailure(400, "the request has no SQL");
        }
        return sql;
    }

    private static @Nullable Instant time(JsonNode json, String field) throws QueryFailure {
        if (!json.has(field)) {
            return null;
        }
        try {
            return Instant.parse(json.path(field).asText());
        } catch (DateTimeException e) {
            throw new QueryFailure(
                    400,
                    "'" + field + "' is a time such as 2026-01-01T00:00:00Z, not '"
                            + json.path(field).asText() + "'");
        }
    }
}
