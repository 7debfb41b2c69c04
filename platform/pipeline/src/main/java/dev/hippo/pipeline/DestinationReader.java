// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what only a db-etl with a destination has: its database, and which topic, or table of a source, goes to which table. */
final class DestinationReader {
    private static final Pattern URL = Pattern.compile("jdbc:(postgresql|mariadb|mysql)://.*");
    private static final Pattern TABLE = Pattern.compile("[^.\\s]+\\.[^.\\s]+");

    private final Findings findings;
    private final Variables variables;

    DestinationReader(Findings findings, Variables variables) {
        this.findings = findings;
        this.variables = variables;
    }

    HippoSettings read(Section hippo) {
        if (!hippo.has("destination")) {
            findings.error(
                    hippo.node(),
                    "a db-etl without 'source' and 'destination' has no database",
                    "add destination: {url: \"jdbc:postgresql://HOST/DATABASE\", tables: [SCHEMA.TABLE]} to bring its"
                            + " topics into one, or 'source' in place of 'subscribe' to read one");
            return new HippoSettings.Destination("", "", "", Map.of(), Map.of());
        }
        if (hippo.has("source")) {
            findings.error(
                    hippo.at("source"),
                    "a db-etl has 'source' or 'destination', not both",
                    "make two hippos of it, with the topics between them");
        }
        if (hippo.has("publish")) {
            findings.error(
                    hippo.at("publish"),
                    "a db-etl with 'destination' publishes nothing",
                    "take 'publish' away; 'subscribe' names the topics");
        }
        Section destination = new Section(Grammar.DESTINATION, hippo.at("destination"), findings, variables);
        if (destination.flag("log")) {
            return log(hippo, destination);
        }
        String url = destination.required("url");
        if (!URL.matcher(url).matches()) {
            findings.error(
                    destination.at("url"),
                    "this version writes to PostgreSQL, MariaDB and MySQL, which this is no address of",
                    "write jdbc:postgresql://HOST:PORT/DATABASE, or begin with jdbc:mariadb: or jdbc:mysql:");
        }
        boolean whole = destination.isMapping("tables");
        return new HippoSettings.Destination(
                url,
                orEmpty(destination.text("user")),
                orEmpty(destination.text("password")),
                whole ? Map.of() : tables(hippo, destination),
                whole ? copies(hippo, destination) : Map.of());
    }

    private HippoSettings log(Section hippo, Section destination) {
        for (String key : List.of("url", "user", "password", "tables")) {
            if (destination.has(key)) {
                findings.error(
                        destination.at(key),
                        "'" + key + "' means nothing for a log",
                        "take it away, or 'log'; a database is another hippo's destination");
            }
        }
        if (hippo.texts("subscribe").isEmpty()) {
            findings.error(
                    hippo.node(),
                    "a db-etl with 'destination' and without 'subscribe' has nothing to write",
                    "name the topics whose records are to be in the log");
        }
        return new HippoSettings.LogDestination();
    }

    /** The tables of one topic of all changes. */
    private Map<String, String> copies(Section hippo, Section destination) {
        Map<String, String> copies = destination.map("tables");
        if (hippo.texts("subscribe").size() != 1) {
            findings.error(
                    hippo.at("subscribe"),
                    "the tables of a source are taken from one topic of all changes, and 'subscribe' names "
                            + hippo.texts("subscribe").size(),
                    "subscribe to the topic that the source names as 'changes', or make 'tables' a list");
        }
        if (copies.isEmpty()) {
            findings.error(
                    destination.at("tables"),
                    "'tables' names no table",
                    "write {SOURCE_SCHEMA.TABLE: SCHEMA.TABLE} for each table that is copied");
        }
        Set<String> names = new LinkedHashSet<>();
        copies.forEach((source, table) -> {
            checkName(destination, source);
            checkName(destination, table);
            if (!names.add(table)) {
                findings.error(
                        destination.at("tables"),
                        "table '" + table + "' is named twice",
                        "a table holds the rows of one table of the source");
            }
        });
        return copies;
    }

    private void checkName(Section destination, String table) {
        if (!TABLE.matcher(table).matches()) {
            findings.error(
                    destination.entryAt("tables", table),
                    "'" + table + "' is no table's full name",
                    "write SCHEMA.TABLE, such as public.airports");
        }
    }

    private Map<String, String> tables(Section hippo, Section destination) {
        List<String> topics = hippo.texts("subscribe");
        List<String> tables = destination.texts("tables");
        if (tables.isEmpty()) {
            destination.required("tables");
        }
        if (topics.isEmpty()) {
            findings.error(
                    hippo.node(),
                    "a db-etl with 'destination' and without 'subscribe' has nothing to write",
                    "name a changelog topic for each table");
            return Map.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (String table : tables) {
            checkName(destination, table);
            if (!names.add(table)) {
                findings.error(
                        destination.entryAt("tables", table),
                        "table '" + table + "' is named twice",
                        "a table holds the rows of one topic");
            }
        }
        if (topics.size() != tables.size()) {
            findings.error(
                    destination.at("tables"),
                    "there are " + topics.size() + " topics and " + tables.size() + " tables for their rows",
                    "name one table for each topic of 'subscribe', in the same order");
            return Map.of();
        }
        Map<String, String> byTopic = new LinkedHashMap<>();
        for (int i = 0; i < topics.size(); i++) {
            if (byTopic.put(topics.get(i), tables.get(i)) != null) {
                findings.error(
                        hippo.entryAt("subscribe", topics.get(i)),
                        "topic '" + topics.get(i) + "' is named twice",
                        "a second table of the same topic is another hippo's");
            }
        }
        return byTopic;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
