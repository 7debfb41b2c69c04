// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.DateTimeException;
import java.time.Instant;
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
    private static final long LATEST = 10_000;
    private static final long MOST = 5_000_000;

    static QueryRequest read(String body) throws QueryFailure {
        String text = body.strip();
        if (!text.startsWith("{")) {
            return new QueryRequest(require(text), LATEST, null, null);
        }
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new QueryFailure(400, "the request is no JSON: " + e.getOriginalMessage());
        }
        long latest = json.path("latest").asLong(json.has("from") || json.has("to") ? MOST : LATEST);
        if (latest < 1 || latest > MOST) {
            throw new QueryFailure(400, "'latest' is from 1 to " + MOST);
        }
        return new QueryRequest(require(json.path("sql").asText("")), latest, time(json, "from"), time(json, "to"));
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
