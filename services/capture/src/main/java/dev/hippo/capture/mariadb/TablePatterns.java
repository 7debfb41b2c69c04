// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which tables are asked for. A {@code *} stands for any characters; the server's own schemas match no pattern. */
final class TablePatterns {
    private static final Set<String> OWN = Set.of("mysql", "information_schema", "performance_schema", "sys");

    private final List<String> texts;
    private final List<Pattern> patterns;

    TablePatterns(List<String> texts) {
        this.texts = List.copyOf(texts);
        this.patterns = texts.stream().map(TablePatterns::pattern).toList();
    }

    private static Pattern pattern(String text) {
        return Pattern.compile(
                Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    boolean match(String schema, String table) {
        String name = schema + "." + table;
        return !OWN.contains(schema)
                && patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    /** Those that match none of the tables. */
    List<String> withoutMatch(List<String> fullNames) {
        return texts.stream()
                .filter(text -> fullNames.stream()
                        .noneMatch(name -> pattern(text).matcher(name).matches()))
                .toList();
    }
}
