// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.HippoSettings.Capture.Debezium;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what only a source has whose log a connector of Debezium reads. */
final class DebeziumReader {
    private enum Reader {
        NATIVE,
        DEBEZIUM
    }

    private static final Pattern CLASS =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)+");
    private static final Map<String, String> LOGIN = Map.of("database.user", "user", "database.password", "password");

    private final Findings findings;

    DebeziumReader(Findings findings) {
        this.findings = findings;
    }

    /** Null for a source that our own reader reads. */
    @Nullable
    Debezium read(Section source) {
        if (source.choice("reader", Reader.values()) == Reader.NATIVE) {
            for (String key : List.of("connector", "properties")) {
                if (source.has(key)) {
                    findings.error(
                            source.at(key),
                            "'" + key + "' means nothing for our own reader",
                            "take it away, or add reader: debezium");
                }
            }
            if (source.has("classpath")) {
                findings.error(
                        source.at("classpath"),
                        "'classpath' means nothing for tables that our own reader reads by the database's log",
                        "take it away, or name a 'query' in place of 'tables', or the 'connector' that is there with reader: debezium");
            }
            return null;
        }
        return source.has("connector") ? brought(source) : ours(source);
    }

    private Debezium ours(Section source) {
        if (source.has("classpath")) {
            findings.error(
                    source.at("classpath"),
                    "'classpath' means nothing for the connectors that Hippo has",
                    "take it away, or name the connector that is there: connector: CLASS");
        }
        String url = source.text("url");
        if (url != null && url.startsWith("jdbc:mysql:")) {
            findings.error(
                    source.at("reader"),
                    "Debezium's connector for MySQL is not part of this version",
                    "take 'reader' away: our own reader reads MySQL's log too; or bring the connector ('connector' and 'classpath' in place of"
                            + " 'url'); or write jdbc:mariadb: for a MariaDB");
        }
        Map<String, String> properties = source.map("properties");
        for (String property : properties.keySet()) {
            if (Debezium.isReserved(property)) {
                reserved(source, property);
            }
        }
        return new Debezium("", List.of(), properties);
    }

    private void reserved(Section source, String property) {
        findings.error(
                source.entryAt("properties", property),
                "property '" + property + "' is set by Hippo, whose promises depend on it",
                "take it away");
    }

    private Debezium brought(Section source) {
        String connector = source.required("connector");
        if (!connector.isEmpty() && !CLASS.matcher(connector).matches()) {
            findings.error(
                    source.at("connector"),
                    "'" + connector + "' is no name of a class",
                    "write it with its package: io.debezium.connector.sqlserver.SqlServerConnector");
        }
        if (source.has("url")) {
            findings.error(
                    source.at("url"),
                    "'url' means nothing beside 'connector', which has no JDBC address",
                    "take it away, and write what the connector wants to know of its database into 'properties', such as"
                            + " database.hostname");
        }
        List<String> classpath = source.texts("classpath");
        if (classpath.isEmpty()) {
            findings.error(
                    source.at(source.has("classpath") ? "classpath" : "connector"),
                    "the jars of connector '" + connector + "' are not part of Hippo",
                    "name them: classpath: [DIR/*], from the folder of the pipeline file");
        }
        Map<String, String> properties = source.map("properties");
        for (String property : properties.keySet()) {
            String key = LOGIN.get(property);
            if (key != null) {
                findings.error(
                        source.entryAt("properties", property),
                        "property '" + property + "' is that of '" + key + "'",
                        "write it as '" + key + "' of the source");
            } else if (property.equals("table.include.list")) {
                findings.error(
                        source.entryAt("properties", property),
                        "property '" + property + "' is made of 'tables'",
                        "take it away, and name the tables there");
            } else if (Debezium.isReservedOfBrought(property)) {
                reserved(source, property);
            }
        }
        return new Debezium(connector, classpath, properties);
    }
}
