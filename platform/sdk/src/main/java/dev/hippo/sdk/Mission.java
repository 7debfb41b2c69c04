// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** What a job is to work on, as the hippo has put it into the environment. Immutable. */
public final class Mission {
    private final Map<String, String> environment;

    /** Of those environment variables. */
    public Mission(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The same for the same trigger, whichever attempt it is; empty outside a hippo. */
    public String id() {
        return variable("MISSION_ID");
    }

    /** The hippo's name. */
    public String hippo() {
        return variable("NAME");
    }

    public String pipeline() {
        return variable("PIPELINE");
    }

    /** From 1. */
    public int attempt() {
        String attempt = variable("ATTEMPT");
        return attempt.isEmpty() ? 1 : Integer.parseInt(attempt);
    }

    /** The partition's values, with slashes between; empty for a whole table. */
    public String partition() {
        return variable("PARTITION");
    }

    /** The value of one column of the partition, empty if there is none. */
    public String partition(String column) {
        return variable("PARTITION_" + name(column));
    }

    /** What {@code hippo run --parameter} has given, or the other value. */
    public String parameter(String name, String otherwise) {
        String value = variable("PARAMETER_" + name(name));
        return value.isEmpty() ? otherwise : value;
    }

    /** The database of the notice, empty if it names none. */
    public String db() {
        return variable("DB");
    }

    /** The table of the notice, empty if there is none. */
    public String table() {
        return variable("TABLE");
    }

    /** How the table was written, empty if the notice does not say. */
    public String method() {
        return variable("METHOD");
    }

    /** The notice's time. */
    public Instant executed() {
        String seconds = variable("EXEC_DATE");
        return seconds.isEmpty() ? Instant.EPOCH : Instant.ofEpochSecond(Long.parseLong(seconds));
    }

    /** The JSON file with all of it, the triggering messages whole. */
    public Path file() {
        return Path.of(variable("MISSION_FILE"));
    }

    /** Kafka's bootstrap servers. */
    public String kafka() {
        return variable("KAFKA");
    }

    private String variable(String name) {
        return environment.getOrDefault("HIPPO_" + name, "");
    }

    private static String name(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
    }
}
