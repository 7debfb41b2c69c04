// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.capture.source.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;

/**
 * How far a source is read, as it is written down with the changes.
 *
 * @param described in the source's own words, for people
 * @param tables whose rows have all been told
 * @param committedAt when the source committed the last transaction before it
 */
record StoredPosition(Position position, String described, Set<String> tables, Instant committedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();

    byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        tables.stream().sorted().forEach(json.putArray("tables")::add);
        return json.put("epoch", position.epoch())
                .put("log", HexFormat.of().formatHex(position.log()))
                .put("position", described)
                .put("committed_at", committedAt.toString())
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads it back.
     *
     * @throws IOException if it is none
     */
    static StoredPosition fromBytes(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        if (!json.path("epoch").canConvertToLong()
                || !json.path("log").isTextual()
                || !json.path("tables").isArray()) {
            throw new IOException("'epoch', 'log' or 'tables' is missing");
        }
        Set<String> tables = new HashSet<>();
        json.path("tables").forEach(table -> tables.add(table.asText()));
        try {
            return new StoredPosition(
                    new Position(
                            json.path("epoch").asLong(),
                            HexFormat.of().parseHex(json.path("log").asText())),
                    json.path("position").asText(),
                    tables,
                    Instant.parse(json.path("committed_at").asText()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
