// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what only a db-etl has: its database, and which table goes to which topic. */
final class CaptureReader {
    private static final List<String> KNOWN = List.of("jdbc:postgresql:", "jdbc:mariadb:", "jdbc:mysql:");
    private static final Pattern TABLE = Pattern.compile("[^.\\s]+\\.[^.\\s]+");

    private final Findings findings;
    private final Marks marks;
    private final Variables variables;

    CaptureReader(Findings findings, Marks marks, Variables variables) {
        this.findings = findings;
        this.marks = marks;
        this.variables = variables;
    }

    HippoSettings read(String name, Section hippo) {
        if (!hippo.has("source")) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'source' has no database to read",
                    "add source: {url: \"jdbc:postgresql://HOST/DATABASE\", tables: [SCHEMA.TABLE]}");
            return new HippoSettings.Capture("", "", "", List.of(), Map.of(), "", null, null);
        }
        if (hippo.has("subscribe")) {
            findings.error(
                    hippo.at("subscribe"),
                    "a db-etl with 'source' reads a database, not topics",
                    "take 'subscribe' away; a hippo with 'destination' brings topics into a database");
        }
        Section source = new Section(Grammar.SOURCE, hippo.at("source"), findings, variables);
        String changes = orEmpty(source.text("changes"));
        if (!changes.isEmpty()) {
            marks.put("hippos/" + name + "/publish/" + changes, source.at("changes"));
        }
        if (PullReader.isPull(source)) {
            return new PullReader(findings).read(name, hippo, source, changes);
        }
        for (String key : List.of("classpath", "every")) {
            if (source.has(key)) {
                findings.error(
                        source.at(key),
                        "'" + key + "' means nothing for tables that are read by the database's log",
                        "take it away, or name a 'query' in place of 'tables'");
            }
        }
        String url = source.required("url");
        if (KNOWN.stream().noneMatch(url::startsWith)) {
            findings.error(
                    source.at("url"),
                    "this version reads the changes of PostgreSQL, MariaDB and MySQL only",
                    "write jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mariadb://HOST:PORT/ or jdbc:mysql://HOST:PORT/;"
                            + " of any other database a 'query' can be scanned");
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
        return new HippoSettings.Capture(
                url,
                orEmpty(source.text("user")),
                orEmpty(source.text("password")),
                tables,
                topics(hippo, tables),
                changes,
                null,
                new DebeziumReader(findings).read(source));
    }

    private Map<String, String> topics(Section hippo, List<String> tables) {
        List<String> publish = hippo.texts("publish");
        if (publish.isEmpty()) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'publish' tells nobody",
                    "name a topic for the latest rows of each table");
            return Map.of();
        }
        if (publish.size() != tables.size()) {
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

    static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
