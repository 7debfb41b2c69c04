// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import java.net.URL;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A connector that a pipeline brings, and what it reads.
 *
 * @param name at the server, which no other hippo has: letters, digits and {@code _}, at most 63
 * @param connector its class
 * @param classpath its jars
 * @param user empty for none
 * @param password empty for none
 * @param tables full names, as the connector has them
 * @param history where it keeps what the columns of all tables were, by its own names
 * @param properties further ones of the connector, by its own names
 */
public record BroughtSettings(
        String name,
        String connector,
        List<URL> classpath,
        String user,
        String password,
        List<String> tables,
        Map<String, String> history,
        Map<String, String> properties) {
    /** Far from the small numbers that people give. */
    private static final long OWN_IDS = 1L << 30;

    /** What may be said otherwise. Names at the server are the hippo's own, so that two do not get in each other's way. */
    private static final Map<String, String> STANDARD = Map.of(
            "plugin.name", "pgoutput",
            "slot.max.retries", "0",
            "publication.autocreate.mode", "filtered",
            "poll.interval.ms", "100");

    /** What the connectors that are here are told one by one; those that do not know it pass it over. */
    private static final Map<String, String> ALWAYS = Map.of(
            "interval.handling.mode", "string",
            "bigint.unsigned.handling.mode", "precise",
            "enable.time.adjuster", "false",
            "inconsistent.schema.handling.mode", "fail",
            "schema.history.internal.store.only.captured.tables.ddl", "false",
            "column.propagate.source.type", ".*",
            "slot.drop.on.stop", "false",
            "heartbeat.interval.ms", "500",
            "tasks.max", "1");

    public BroughtSettings {
        classpath = List.copyOf(classpath);
        tables = List.copyOf(tables);
        history = Map.copyOf(history);
        properties = Map.copyOf(properties);
    }

    /** All properties, with where the connector is to begin. */
    Map<String, String> all(Map<String, String> beginning, String includeList, String leftOut) {
        Map<String, String> all = new LinkedHashMap<>(DebeziumSource.STANDARD);
        all.putAll(STANDARD);
        all.put("slot.name", name);
        all.put("publication.name", name);
        all.put("database.server.id", Long.toString(OWN_IDS + (name.hashCode() & (OWN_IDS - 1))));
        all.putAll(properties);
        all.putAll(DebeziumSource.ALWAYS);
        all.putAll(ALWAYS);
        all.putAll(history);
        all.put("unavailable.value.placeholder", leftOut);
        all.put("table.include.list", includeList);
        if (!user.isEmpty()) {
            all.put("database.user", user);
        }
        if (!password.isEmpty()) {
            all.put("database.password", password);
        }
        all.put("connector.class", connector);
        all.putAll(beginning);
        return all;
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return "BroughtSettings[name=" + name + ", connector=" + connector + ", tables=" + tables + "]";
    }
}
