// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads notices and finish messages in every shape that producers have sent since the first Hippo: partitions as a list of names and values, as a list of
 * values with or without their fields' names; times as seconds, milliseconds or text; {@code is_success} or {@code success}. Thread-safe.
 */
public final class SignalReader {
    /** Above it a number of {@code exec_date} is milliseconds: as seconds it would be after the year 5138. */
    private static final long FIRST_MILLIS = 100_000_000_000L;

    private static final ObjectMapper JSON = new ObjectMapper();

    private SignalReader() {}

    /**
     * Reads one message: a notice if it names a {@code table}, a finish message if it names a hippo, both if both.
     *
     * @param received stands in for the time that the message does not give
     * @throws SignalFormatException if it is no JSON object, names neither, or a field has another shape than any known one
     */
    public static List<Signal> read(byte[] value, Instant received) throws SignalFormatException {
        ObjectNode message = object(value);
        String table = text(message, "table");
        String hippo = first(message, "hippo_name", "job_name", "job");
        if (table.isEmpty() && hippo.isEmpty()) {
            throw new SignalFormatException(
                    "", "the message has neither 'table', as a notice has, nor 'hippo_name', as a finish message has");
        }
        boolean success = success(message);
        List<PartitionValues> partitions = partitions(message);
        DataVersion version = new DataVersion(
                time(message, received, "exec_date", "finish_time", "finish_date"), number(message, "version"));
        List<Signal> signals = new ArrayList<>(2);
        if (!table.isEmpty()) {
            signals.add(new Signal.Notice(
                    text(message, "db"), table, text(message, "method"), success, partitions, version, message));
        }
        if (!hippo.isEmpty()) {
            signals.add(new Signal.Finish(hippo, success, partitions, version, message));
        }
        return signals;
    }

    private static ObjectNode object(byte[] value) throws SignalFormatException {
        try {
            if (JSON.readTree(value) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new SignalFormatException("", "the message is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new SignalFormatException("", "the message is not JSON: " + e.getMessage());
        }
        throw new SignalFormatException("", "the message is not a JSON object");
    }

    private static String first(ObjectNode message, String... names) throws SignalFormatException {
        for (String name : names) {
            String text = text(message, name);
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    /** The text of a field, empty if it is absent or null. */
    private static String text(ObjectNode message, String name) throws SignalFormatException {
        JsonNode node = message.path(name);
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isValueNode()) {
            throw new SignalFormatException(name, "'" + name + "' must be a text");
        }
        return node.asText();
    }

    private static long number(ObjectNode message, String name) throws SignalFormatException {
        String text = text(message, name);
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new SignalFormatException(name, "'" + name + "' must be a whole number, not '" + text + "'");
        }
    }

    private static boolean success(ObjectNode message) throws SignalFormatException {
        String name = message.has("is_success") ? "is_success" : "success";
        return switch (text(message, name)) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new SignalFormatException(
                        name, "'" + name + "' must be true or false, not '" + text(message, name) + "'");
        };
    }

    private static Instant time(ObjectNode message, Instant received, String... names) throws SignalFormatException {
        for (String name : names) {
            String text = text(message, name);
            if (!text.isEmpty()) {
                return time(name, text);
            }
        }
        return received;
    }

    private static Instant time(String name, String text) throws SignalFormatException {
        try {
            if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                long number = Long.parseLong(text);
                return number < FIRST_MILLIS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
            }
            String dashed = text.replace('/', '-');
            return dashed.contains("T")
                    ? OffsetDateTime.parse(dashed, DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                            .toInstant()
                    : LocalDate.parse(dashed).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeException | NumberFormatException e) {
            throw new SignalFormatException(
                    name,
                    "'" + name + "' must be seconds since 1970, 2017-04-05T00:00:00Z or 2017-04-05, not '" + text
                            + "'");
        }
    }

    private static List<PartitionValues> partitions(ObjectNode message) throws SignalFormatException {
        if (message.hasNonNull("partition_values")) {
            return byFields(message, "partition_values", "partition_fields");
        }
        if (message.hasNonNull("partitions")) {
            return byFields(message, "partitions", "partitions_name");
        }
        if (message.hasNonNull("partition")) {
            return named(list(message, "partition"));
        }
        return List.of(PartitionValues.WHOLE);
    }

    /** Each value is a partition; where there are several fields it holds one part for each, with slashes between. */
    private static List<PartitionValues> byFields(ObjectNode message, String values, String fields)
            throws SignalFormatException {
        List<String> names = new ArrayList<>();
        if (message.path(fields).isTextual()) {
            names.add(message.path(fields).asText());
        } else if (message.hasNonNull(fields)) {
            for (JsonNode field : list(message, fields)) {
                names.add(value(field, fields));
            }
        }
        List<PartitionValues> partitions = new ArrayList<>();
        for (JsonNode each : list(message, values)) {
            String value = value(each, values);
            if (value.isEmpty()) {
                continue;
            }
            String[] parts = names.size() > 1 ? value.split("/", -1) : new String[] {value};
            if (names.size() > 1 && parts.length != names.size()) {
                throw new SignalFormatException(
                        values,
                        "'" + value + "' in '" + values + "' must have a part for each of " + names
                                + ", with slashes between");
            }
            Map<String, String> columns = new LinkedHashMap<>();
            for (int i = 0; i < parts.length; i++) {
                columns.put(i < names.size() ? names.get(i) : "", parts[i]);
            }
            partitions.add(new PartitionValues(columns));
        }
        return orWhole(partitions);
    }

    /** Names and values: those of one partition, until a name comes again and begins the next. */
    private static List<PartitionValues> named(JsonNode list) throws SignalFormatException {
        List<PartitionValues> partitions = new ArrayList<>();
        Map<String, String> columns = new LinkedHashMap<>();
        for (JsonNode each : list) {
            if (!each.isObject()) {
                throw new SignalFormatException(
                        "partition",
                        "'partition' must hold objects such as {\"name\": \"YYYYMM\", \"value\": \"201703\"}");
            }
            String name = value(each.path("name"), "partition.name");
            String value = value(each.path("value"), "partition.value");
            if (value.isEmpty()) {
                continue;
            }
            if (columns.containsKey(name)) {
                partitions.add(new PartitionValues(columns));
                columns.clear();
            }
            columns.put(name, value);
        }
        if (!columns.isEmpty()) {
            partitions.add(new PartitionValues(columns));
        }
        return orWhole(partitions);
    }

    private static List<PartitionValues> orWhole(List<PartitionValues> partitions) {
        return partitions.isEmpty() ? List.of(PartitionValues.WHOLE) : partitions;
    }

    private static JsonNode list(ObjectNode message, String name) throws SignalFormatException {
        JsonNode node = message.path(name);
        if (!node.isArray()) {
            throw new SignalFormatException(name, "'" + name + "' must be a list");
        }
        return node;
    }

    private static String value(JsonNode node, String name) throws SignalFormatException {
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        if (!node.isValueNode()) {
            throw new SignalFormatException(name, "'" + name + "' must hold texts");
        }
        return node.asText();
    }
}
