// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what only a db-etl has: its database, and which table goes to which topic. */
final class CaptureReader {
    private static final List<String> DATABASES = List.of("jdbc:postgresql:", "jdbc:mariadb:", "jdbc:mysql:");
    private static final Pattern TABLE = Pattern.compile("[^.\\s]+\\.[^.\\s]+");

    private final Findings findings;
    private final Variables variables;

    CaptureReader(Findings findings, Variables variables) {
        this.findings = findings;
        this.variables = variables;
    }

    HippoSettings read(Section hippo) {
        if (!hippo.has("source")) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'source' has no database to read",
                    "add source: {url: \"jdbc:postgresql://HOST/DATABASE\", tables: [SCHEMA.TABLE]}");
            return new HippoSettings.Capture("", "", "", List.of(), Map.of(), "");
        }
        Section source = new Section(Grammar.SOURCE, hippo.at("source"), findings, variables);
        String url = source.required("url");
        if (DATABASES.stream().noneMatch(url::startsWith)) {
            findings.error(
                    source.at("url"),
                    "no changes can be read from this database",
                    "write jdbc:postgresql://HOST:PORT/DATABASE");
        }
        List<String> tables = source.texts("tables");
        for (String table : tables) {
            if (!TABLE.matcher(table).matches()) {
                findings.error(
                        source.entryAt("tables", table),
                        "'" + table + "' is no table's full name",
                        "write SCHEMA.TABLE, such as public.airports");
            }
        }
        String changes = hippo.text("changes");
        return new HippoSettings.Capture(
                url,
                orEmpty(source.text("user")),
                orEmpty(source.text("password")),
                tables,
                topics(hippo, tables),
                orEmpty(changes));
    }

    private Map<String, String> topics(Section hippo, List<String> tables) {
        List<String> publish = hippo.texts("publish");
        if (publish.isEmpty() && !hippo.has("changes")) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'publish' and 'changes' tells nobody",
                    "name a topic for the latest rows of each table under 'publish', or one for all changes under 'changes'");
        }
        if (!publish.isEmpty() && publish.size() != tables.size()) {
            findings.error(
                    hippo.at("publish"),
                    "there are " + tables.size() + " tables and " + publish.size() + " topics for their latest rows",
                    "name one topic for each table, in the same order");
            return Map.of();
        }
        Map<String, String> topics = new LinkedHashMap<>();
        for (int i = 0; i < publish.size(); i++) {
            topics.put(tables.get(i), publish.get(i));
        }
        return topics;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
