// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * An order to tell the rows that a captured table has, or those in a range of keys, while its changes are told on.
 *
 * @param id no other order has it
 * @param table with its schema
 * @param from the value of each column of the key from which on; empty for the first row
 * @param to the value of each column of the key up to which, that one too; empty for the last row
 * @param rowsPerSecond at most; 0 for as fast as it goes
 * @param gone of an order for one row: its key as a message of the contract, in base 64, to be told as deleted if the table has it no more; else empty
 */
public record SnapshotOrder(
        String id,
        String table,
        Map<String, String> from,
        Map<String, String> to,
        int rowsPerSecond,
        String gone,
        Instant at) {
    static final String SUFFIX = "/order";
    private static final ObjectMapper JSON = new ObjectMapper();

    public SnapshotOrder {
        from = Map.copyOf(from);
        to = Map.copyOf(to);
    }

    /** An order that tells rows and takes none away. */
    public SnapshotOrder(
            String id, String table, Map<String, String> from, Map<String, String> to, int rowsPerSecond, Instant at) {
        this(id, table, from, to, rowsPerSecond, "", at);
    }

    /** The key of a table's order, of which there is one at a time; a record without a value takes it back. */
    public static byte[] key(String pipeline, String hippo, String table) {
        return (SnapshotBook.prefix(pipeline, hippo) + table + SUFFIX).getBytes(StandardCharsets.UTF_8);
    }

    /** The value of its record. */
    public byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("table", table)
                .put("rows_per_second", rowsPerSecond)
                .put("gone", gone)
                .put("at", at.toString());
        write(json.putObject("from"), from);
        write(json.putObject("to"), to);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads it back.
     *
     * @throws IOException if it is none
     */
    static SnapshotOrder fromBytes(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        try {
            return new SnapshotOrder(
                    json.path("id").asText(),
                    json.path("table").asText(),
                    values(json.path("from")),
                    values(json.path("to")),
                    json.path("rows_per_second").asInt(),
                    json.path("gone").asText(),
                    Instant.parse(json.path("at").asText()));
        } catch (DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    static void write(ObjectNode to, Map<String, String> values) {
        new TreeMap<>(values).forEach(to::put);
    }

    static Map<String, String> values(JsonNode json) {
        Map<String, String> values = new TreeMap<>();
        json.properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        return values;
    }
}
