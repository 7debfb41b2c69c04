// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * What people have told a hippo about all of its missions, as the topic {@code hippo-missions} keeps it, and its answer to the last of their commands.
 *
 * @param paused whether it begins no attempts; what triggers come wait in its queue
 * @param since when that became so
 * @param command the id of the last command
 * @param done whether that was done
 * @param answer what was done, or why it was not, for people
 */
public record HippoControl(
        String pipeline, String hippo, boolean paused, Instant since, String command, boolean done, String answer) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a hippo that was told nothing yet. */
    public static HippoControl none(String pipeline, String hippo) {
        return new HippoControl(pipeline, hippo, false, Instant.EPOCH, "", true, "");
    }

    /** The same after a further command. */
    public HippoControl answered(String commandId, boolean wasDone, String text) {
        return new HippoControl(pipeline, hippo, paused, since, commandId, wasDone, text);
    }

    /** Paused or not from now on. */
    public HippoControl paused(boolean now, Instant at) {
        return new HippoControl(pipeline, hippo, now, now == paused ? since : at, command, done, answer);
    }

    /** The key of the record. */
    public String key() {
        return key(pipeline, hippo);
    }

    /** The key of a hippo's record. */
    public static String key(String pipeline, String hippo) {
        return pipeline + "/" + hippo + "/control";
    }

    /** The value of the record: one JSON object. */
    public byte[] toBytes() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("pipeline", pipeline)
                .put("hippo_name", hippo)
                .put("paused", paused)
                .put("since", since.toString())
                .put("command_id", command)
                .put("done", done)
                .put("answer", answer)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a record.
     *
     * @throws IOException if it is none
     */
    public static HippoControl fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        try {
            return new HippoControl(
                    json.path("pipeline").asText(),
                    json.path("hippo_name").asText(),
                    json.path("paused").asBoolean(),
                    Instant.parse(json.path("since").asText()),
                    json.path("command_id").asText(),
                    json.path("done").asBoolean(),
                    json.path("answer").asText());
        } catch (DateTimeException e) {
            throw new IOException("no state of a hippo: " + e.getMessage(), e);
        }
    }
}
