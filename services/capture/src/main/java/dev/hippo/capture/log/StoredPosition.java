// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.capture.source.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;

/**
 * How far a source is read, as it is written down with the changes.
 *
 * @param described in the source's own words, for people
 * @param committedAt when the source committed the last transaction before it
 */
record StoredPosition(Position position, String described, Instant committedAt) {
    private static final ObjectMapper JSON = new ObjectMapper();

    byte[] toBytes() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("epoch", position.epoch())
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
        if (!json.path("epoch").canConvertToLong() || !json.path("log").isTextual()) {
            throw new IOException("'epoch' or 'log' is missing");
        }
        try {
            return new StoredPosition(
                    new Position(
                            json.path("epoch").asLong(),
                            HexFormat.of().parseHex(json.path("log").asText())),
                    json.path("position").asText(),
                    Instant.parse(json.path("committed_at").asText()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
