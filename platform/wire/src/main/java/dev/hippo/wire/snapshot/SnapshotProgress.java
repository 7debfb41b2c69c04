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
import java.util.Arrays;
import java.util.Map;

/**
 * How far an order is carried out. It is written with the rows, so that who goes on after a death tells none twice.
 *
 * @param order its id
 * @param rows read by now; those that were changed meanwhile among them, though the change alone is told
 * @param last the key of the last row that was read; empty before the first
 * @param failure what is wrong, why, and what to do; empty unless it failed
 */
public record SnapshotProgress(
        String order, String table, long rows, Map<String, String> last, State state, String failure, Instant at) {
    static final String SUFFIX = "/progress";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether there is more to do. */
    public enum State {
        RUNNING,
        DONE,
        /** It cannot be carried out as it is. */
        FAILED;

        static State of(String name) throws IOException {
            return Arrays.stream(values())
                    .filter(state -> state.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no state of a snapshot: " + name));
        }
    }

    public SnapshotProgress {
        last = Map.copyOf(last);
    }

    /** Of an order of which nothing is done yet. */
    public static SnapshotProgress none(SnapshotOrder order) {
        return new SnapshotProgress(order.id(), order.table(), 0, Map.of(), State.RUNNING, "", order.at());
    }

    /** The key of a table's progress. */
    public static byte[] key(String pipeline, String hippo, String table) {
        return (SnapshotBook.prefix(pipeline, hippo) + table + SUFFIX).getBytes(StandardCharsets.UTF_8);
    }

    /** The value of its record. */
    public byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("order", order)
                .put("table", table)
                .put("rows", rows)
                .put("state", state.name())
                .put("failure", failure)
                .put("at", at.toString());
        SnapshotOrder.write(json.putObject("last"), last);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads it back.
     *
     * @throws IOException if it is none
     */
    static SnapshotProgress fromBytes(byte[] bytes) throws IOException {
        JsonNode json = JSON.readTree(bytes);
        try {
            return new SnapshotProgress(
                    json.path("order").asText(),
                    json.path("table").asText(),
                    json.path("rows").asLong(),
                    SnapshotOrder.values(json.path("last")),
                    State.of(json.path("state").asText()),
                    json.path("failure").asText(),
                    Instant.parse(json.path("at").asText()));
        } catch (DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
