// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The answer of {@code hippo sources} for a person. */
final class SourceTables {
    /** More names than that are counted. */
    private static final int MOST_NAMES = 3;

    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB");

    private SourceTables() {}

    static List<String> lines(JsonNode all) {
        List<String> lines = new ArrayList<>();
        if (!all.path("sources").isEmpty()) {
            lines.addAll(sources(all.path("sources")).lines());
        }
        if (!all.path("destinations").isEmpty()) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(destinations(all.path("destinations")).lines());
        }
        for (String which : List.of("sources", "destinations")) {
            all.path(which).forEach(hippo -> {
                if (hippo.has("waitsFor")) {
                    lines.add(hippo.path("name").asText() + " waits: "
                            + hippo.path("waitsFor").asText());
                }
            });
        }
        return lines;
    }

    private static TextTable sources(JsonNode sources) {
        TextTable table = new TextTable(List.of(
                "SOURCE",
                "DATABASE",
                "STATE",
                "TABLES",
                "POSITION",
                "BEHIND",
                "LAG",
                "KEPT",
                "CHANGES/S",
                "LAST CHANGE"));
        sources.forEach(source -> table.row(List.of(
                source.path("name").asText(),
                source.path("database").asText(),
                source.path("state").asText(),
                names(source.path("tables"), "tables"),
                source.path("position").asText("-"),
                bytes(source.path("behindBytes")),
                seconds(source.path("behindSeconds")),
                bytes(source.path("retainedBytes")),
                rate(source.path("rate")),
                source.has("committedAt")
                        ? MissionsCommand.time(
                                Instant.parse(source.path("committedAt").asText()))
                        : "-")));
        return table;
    }

    private static TextTable destinations(JsonNode destinations) {
        TextTable table = new TextTable(
                List.of("DESTINATION", "DATABASE", "STATE", "TOPICS", "TABLES", "LAG", "P99", "CHANGES/S"));
        destinations.forEach(destination -> {
            List<String> tables = new ArrayList<>();
            // those of a topic of all changes are named by the source's
            destination
                    .path("topics")
                    .forEach(names ->
                            (names.isObject() ? names : List.of(names)).forEach(name -> tables.add(name.asText())));
            table.row(List.of(
                    destination.path("name").asText(),
                    destination.path("database").asText(),
                    destination.path("state").asText(),
                    names(destination.path("topics"), "topics"),
                    names(tables, "tables"),
                    destination.has("lag")
                            ? String.format(
                                    Locale.ROOT, "%,d", destination.path("lag").asLong())
                            : "-",
                    seconds(destination.path("lagSeconds")),
                    rate(destination.path("rate"))));
        });
        return table;
    }

    private static String names(JsonNode named, String what) {
        List<String> names = new ArrayList<>();
        named.fieldNames().forEachRemaining(names::add);
        return names(names, what);
    }

    private static String names(List<String> names, String what) {
        return names.size() > MOST_NAMES ? names.size() + " " + what : String.join(", ", names);
    }

    private static String rate(JsonNode rate) {
        return rate.isNumber() ? String.format(Locale.ROOT, "%,.0f", rate.doubleValue()) : "-";
    }

    /** Such as {@code 0}, {@code 17 B}, {@code 3.2 MiB}. */
    static String bytes(JsonNode bytes) {
        if (!bytes.isNumber()) {
            return "-";
        }
        double value = bytes.doubleValue();
        int unit = 0;
        while (value >= 1024 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        if (value == 0) {
            return "0";
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS.get(unit));
    }

    /** Such as {@code 0 s}, {@code 0.3 s}, {@code 12 s}, {@code 3m05s}, {@code 2h10m}. */
    static String seconds(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return "-";
        }
        double value = seconds.doubleValue();
        if (value < 10) {
            return value == 0 ? "0 s" : String.format(Locale.ROOT, "%.1f s", value);
        }
        long whole = Math.round(value);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%dm%02ds", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%dh%02dm", whole / 3600, whole % 3600 / 60);
    }
}
