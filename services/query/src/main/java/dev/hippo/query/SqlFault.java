// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * What DuckDB has to say about a statement that failed, read from the JSON that {@code errors_as_json} makes of it.
 *
 * @param type DuckDB's word: Binder, Catalog, Conversion, Out of Memory, IO
 * @param position where in the statement, in bytes; -1 when it does not say
 */
record SqlFault(String type, String message, int position) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** A hint that lists every overload of an operator helps nobody. */
    private static final int MOST_LINES = 12;

    private static final Set<String> OWN = Set.of("internal", "fatal", "io");

    static SqlFault of(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        int json = text.indexOf("{\"exception_type\"");
        if (json >= 0) {
            try {
                JsonNode node = JSON.readTree(text.substring(json));
                return new SqlFault(
                        node.path("exception_type").asText(),
                        node.path("exception_message").asText(),
                        node.path("position").asInt(-1));
            } catch (JsonProcessingException e) {
                // cut off, or not only JSON: told as it stands
            }
        }
        return new SqlFault("", text, -1);
    }

    /** Whether a file is gone that was there when the query began. */
    boolean lostFile() {
        return type.equals("IO") && (message.contains("No such file") || message.contains("No files found"));
    }

    /** The answer to the client, with the place in its SQL. */
    QueryFailure in(String sql) {
        if (type.equals("Out of Memory")) {
            return new QueryFailure(
                    507,
                    "the query needs more memory than it may have: "
                            + message.lines().findFirst().orElse("")
                            + "; ask for less, or raise 'limits: {memory}' of the query hippo");
        }
        StringBuilder told = new StringBuilder(place(sql, position));
        String[] lines = message.strip().split("\n", -1);
        for (int i = 0; i < Math.min(lines.length, MOST_LINES); i++) {
            told.append(i == 0 ? "" : "\n").append(lines[i]);
        }
        if (lines.length > MOST_LINES) {
            told.append("\n... and ").append(lines.length - MOST_LINES).append(" more");
        }
        boolean own = OWN.contains(type.toLowerCase(Locale.ROOT)) || message.startsWith("Failed to read file");
        return new QueryFailure(own ? 500 : 400, told.toString());
    }

    /** {@code line:column: } of a byte of the statement; nothing if it has no such byte. */
    static String place(String sql, int position) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        if (position < 0 || position > bytes.length) {
            return "";
        }
        String before = new String(bytes, 0, position, StandardCharsets.UTF_8);
        long line = before.chars().filter(c -> c == '\n').count() + 1;
        return line + ":" + (before.length() - before.lastIndexOf('\n')) + ": ";
    }
}
