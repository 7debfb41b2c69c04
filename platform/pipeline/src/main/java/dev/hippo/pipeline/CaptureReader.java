// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.HippoSettings.Capture.Debezium;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads what only a db-etl has: its database, and which table goes to which topic. */
final class CaptureReader {
    private static final List<String> KNOWN = List.of("jdbc:postgresql:", "jdbc:mariadb:", "jdbc:mysql:");
    private static final Pattern TABLE = Pattern.compile("[^.\\s]+\\.[^.\\s]([^.]*[^.\\s])?");
    /** Some databases have their schemas in databases. */
    private static final Pattern BROUGHT_TABLE = Pattern.compile("([^.\\s*]+\\.){1,2}[^.\\s*]([^.*]*[^.\\s*])?");

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
            return new HippoSettings.Capture("", "", "", List.of(), Map.of(), "", Map.of(), null, null);
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
        if (source.has("every")) {
            findings.error(
                    source.at("every"),
                    "'every' means nothing for tables that are read by the database's log",
                    "take it away, or name a 'query' in place of 'tables'");
        }
        Debezium debezium = new DebeziumReader(findings).read(source);
        String connector = debezium == null ? "" : debezium.connector();
        boolean brought = !connector.isEmpty();
        String url = brought ? connector.replaceFirst(".*\\.", "") : "";
        if (!brought && (source.has("url") || !source.has("connector"))) {
            url = url(source);
        }
        Map<String, RowMapping> mappings = tables(source, name, brought ? BROUGHT_TABLE : TABLE);
        List<String> tables = List.copyOf(mappings.keySet());
        return new HippoSettings.Capture(
                url,
                orEmpty(source.text("user")),
                orEmpty(source.text("password")),
                tables,
                topics(hippo, mappings, changes),
                changes,
                mappings,
                null,
                debezium);
    }

    private String url(Section source) {
        String url = source.required("url");
        if (KNOWN.stream().noneMatch(url::startsWith)) {
            findings.error(
                    source.at("url"),
                    "this version reads the changes of PostgreSQL, MariaDB and MySQL only",
                    "write jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mariadb://HOST:PORT/ or jdbc:mysql://HOST:PORT/;"
                            + " of another database bring a connector of Debezium (reader: debezium, connector: CLASS,"
                            + " classpath: [DIR/*]), or have a 'query' scanned");
        }
        return url;
    }

    /** The tables in the order of the file. */
    private Map<String, RowMapping> tables(Section source, String hippo, Pattern names) {
        Map<String, RowMapping> tables = new LinkedHashMap<>();
        if (source.isMapping("tables")) {
            String salt = orEmpty(source.text("salt"));
            Section.entries(source.at("tables"), "'tables'", findings).forEach((key, value) -> {
                checkName(key.getValue(), key, names);
                marks.put(place(hippo, key.getValue()), key);
                tables.put(
                        key.getValue(),
                        mapping(
                                new Section(Grammar.SOURCE_TABLE, value, findings, variables),
                                hippo,
                                key.getValue(),
                                salt));
            });
        } else {
            for (String table : source.texts("tables")) {
                checkName(table, source.entryAt("tables", table), names);
                if (tables.put(table, RowMapping.NONE) != null) {
                    findings.error(source.entryAt("tables", table), "table '" + table + "' is named twice", "");
                }
            }
        }
        boolean hashes = tables.values().stream()
                .flatMap(mapping -> mapping.mask().values().stream())
                .anyMatch(mask -> mask.kind() == TextMask.Kind.HASH);
        if (hashes != source.has("salt")) {
            findings.error(
                    source.at("salt"),
                    hashes
                            ? "a text that is hashed without a secret is found by hashing all texts"
                            : "'salt' means nothing where nothing is hashed",
                    hashes
                            ? "add salt: ${secret:NAME}, and keep it: with another the hashes are others"
                            : "take it away");
        }
        return tables;
    }

    /** Where what is said of a table stands, for findings. */
    static String place(String hippo, String table) {
        return "hippos/" + hippo + "/source/tables/" + table;
    }

    private RowMapping mapping(Section section, String hippo, String table, String salt) {
        Map<String, TextMask> masks = new LinkedHashMap<>();
        section.map("mask").forEach((field, words) -> {
            try {
                masks.put(field, TextMask.of(words));
            } catch (IllegalArgumentException e) {
                findings.error(section.at("mask"), String.valueOf(e.getMessage()), "");
            }
        });
        for (String key : List.of("where", "rename", "mask")) {
            marks.put(place(hippo, table) + "/" + key, section.at(key));
        }
        String contract = orEmpty(section.text("contract"));
        marks.put(place(hippo, table) + "/contract", section.at("contract"));
        return new RowMapping(contract, section.map("where"), section.map("rename"), masks, salt);
    }

    private void checkName(String table, Node at, Pattern names) {
        if (!names.matcher(table).matches()) {
            findings.error(
                    at,
                    "'" + table + "' is no table's full name",
                    names == TABLE
                            ? "write SCHEMA.TABLE, such as public.airports"
                            : "write it as the connector does in table.include.list, whole and without patterns: SCHEMA.TABLE or"
                                    + " DATABASE.SCHEMA.TABLE");
        }
    }

    /** Which topic has the latest rows of a table: each table's that does not name a contract instead. */
    private Map<String, String> topics(Section hippo, Map<String, RowMapping> mappings, String changes) {
        List<String> tables = new ArrayList<>();
        mappings.forEach((table, mapping) -> {
            if (mapping.contract().isEmpty()) {
                tables.add(table);
            }
        });
        List<String> publish = hippo.texts("publish");
        if (publish.isEmpty() && (!tables.isEmpty() || mappings.isEmpty())) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'publish' tells nobody",
                    "name a topic for the latest rows of each table");
            return Map.of();
        }
        if (tables.size() < mappings.size() && changes.isEmpty()) {
            findings.error(
                    hippo.at("source"),
                    "a table with a 'contract' of its own is told among all changes, and this source has no topic of them",
                    "add changes: TOPIC");
        }
        if (publish.size() != tables.size()) {
            findings.error(
                    hippo.at("publish"),
                    "there are " + tables.size() + " tables and " + publish.size() + " topics for their latest rows",
                    "name one topic for each table"
                            + (tables.size() < mappings.size() ? " without a 'contract' of its own" : "")
                            + ", in the same order");
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
