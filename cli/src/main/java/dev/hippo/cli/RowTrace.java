// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answer of {@code hippo trace row} for a person. */
final class RowTrace {
    private static final String SNAPSHOT = "snapshot/";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSXXX", Locale.ROOT);

    private RowTrace() {}

    static List<String> lines(JsonNode trace) {
        TextTable table = new TextTable(List.of("", "WHEN", "WHERE"));
        String at = trace.path("topic").asText() + "/" + trace.path("partition").asText() + "@"
                + trace.path("offset").asText();
        String hippo = trace.path("hippo").asText();
        table.row(List.of("committed", time(trace, "committedAt"), place(trace)));
        table.row(List.of("captured", time(trace, "capturedAt"), hippo));
        table.row(List.of("in Kafka", time(trace, "writtenAt"), at));
        trace.path("readers")
                .forEach(reader -> table.row(List.of(reader.path("name").asText(), "", read(trace, reader))));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.add(
                trace.path("deleted").asBoolean()
                        ? "deleted"
                        : trace.path("row").toString());
        return lines;
    }

    private static String time(JsonNode trace, String field) {
        return trace.has(field)
                ? TIME.format(Instant.parse(trace.path(field).asText()).atZone(ZoneId.systemDefault()))
                : "-";
    }

    /**
     * The id has the transaction in the source's own words, and the number of the change in it behind the last slash; of a change that takes away all rows, also that of the row, behind a point.
     */
    private static String place(JsonNode trace) {
        String table = trace.path("table").asText();
        String position = trace.path("position").asText();
        if (position.startsWith(SNAPSHOT)) {
            return table + ", read by a snapshot";
        }
        int slash = position.lastIndexOf('/');
        if (slash < 0) {
            return table;
        }
        String number = position.substring(slash + 1);
        int point = number.indexOf('.');
        return table + ", transaction " + position.substring(0, slash) + ", change "
                + (point < 0 ? number : number.substring(0, point));
    }

    private static String read(JsonNode trace, JsonNode reader) {
        if (!reader.has("next")) {
            return "has not told how far it is";
        }
        long next = reader.path("next").asLong();
        return reader.path("has").asBoolean()
                ? "has it"
                : "has it not yet: it is at offset " + next + ", "
                        + (trace.path("offset").asLong() - next) + " before it";
    }
}
