// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.HippoSettings.Capture.Debezium;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what only a source has whose log a connector of Debezium reads. */
final class DebeziumReader {
    private enum Reader {
        NATIVE,
        DEBEZIUM
    }

    private static final List<String> OURS = List.of("properties");

    private final Findings findings;

    DebeziumReader(Findings findings) {
        this.findings = findings;
    }

    /** Null for a source that our own reader reads. */
    @Nullable
    Debezium read(Section source) {
        if (source.choice("reader", Reader.values()) == Reader.NATIVE) {
            for (String key : OURS) {
                if (source.has(key)) {
                    findings.error(
                            source.at(key),
                            "'" + key + "' means nothing for our own reader",
                            "take it away, or add reader: debezium");
                }
            }
            return null;
        }
        String url = source.text("url");
        if (url != null && url.startsWith("jdbc:mysql:")) {
            findings.error(
                    source.at("reader"),
                    "Debezium's connector for MySQL is not part of this version",
                    "take 'reader' away: our own reader reads MySQL's log too; or write jdbc:mariadb: for a MariaDB");
        }
        Map<String, String> properties = source.map("properties");
        for (String property : properties.keySet()) {
            if (Debezium.isReserved(property)) {
                findings.error(
                        source.at("properties"),
                        "property '" + property + "' is set by Hippo, whose promises depend on it",
                        "take it away");
            }
        }
        return new Debezium(properties);
    }
}
