// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a person asks of a hippo, on the topic {@code hippo-commands}.
 *
 * @param id of the command; for {@link Action#RUN} the id of the mission that it starts
 * @param mission the mission to retry or to cancel, empty for the others
 * @param partition what a new mission is about
 * @param parameters what a new mission's job gets, or what {@link Action#REWIND} asks for
 */
public record MissionCommand(
        String id,
        String pipeline,
        String hippo,
        Action action,
        String mission,
        PartitionValues partition,
        Map<String, String> parameters) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public MissionCommand {
        parameters = Map.copyOf(parameters);
    }

    /** What to do. */
    public enum Action {
        /** Start a mission now. */
        RUN,
        /** Start a mission that has ended again. */
        RETRY,
        /** End a mission that has not. */
        CANCEL,
        /** Begin no attempts any more: what triggers come wait. */
        PAUSE,
        /** Begin what waits. */
        RESUME,
        /**
         * Read the topics with the triggers again, from parameter {@code to} (see {@link RewindPoint}); with {@code rerun} = {@code true} missions that have
         * ended run again.
         */
        REWIND
    }

    /** One JSON object. */
    public byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("command_id", id)
                .put("pipeline", pipeline)
                .put("hippo_name", hippo)
                .put("action", action.name().toLowerCase(Locale.ROOT))
                .put("mission_id", mission);
        ObjectNode columns = json.putObject("partition");
        partition.columns().forEach(columns::put);
        ObjectNode given = json.putObject("parameters");
        parameters.forEach(given::put);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads a command.
     *
     * @throws SignalFormatException if it is none
     */
    public static MissionCommand fromBytes(byte[] value) throws SignalFormatException {
        try {
            JsonNode json = JSON.readTree(value);
            return new MissionCommand(
                    json.path("command_id").asText(),
                    json.path("pipeline").asText(),
                    json.path("hippo_name").asText(),
                    Action.valueOf(json.path("action").asText().toUpperCase(Locale.ROOT)),
                    json.path("mission_id").asText(),
                    new PartitionValues(texts(json.path("partition"))),
                    texts(json.path("parameters")));
        } catch (JsonProcessingException e) {
            throw new SignalFormatException("", "the command is not JSON: " + e.getOriginalMessage());
        } catch (IOException | IllegalArgumentException e) {
            throw new SignalFormatException("", "the command cannot be read: " + e.getMessage());
        }
    }

    private static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.properties()
                .forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
        return texts;
    }
}
