// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a writer's commit says of itself, in the same Delta commit as the rows: how far the topic has been read, and the notice to be given.
 *
 * @param offsets the next offset to read, by partition
 * @param notice the notice of the commit, to be sent again by a writer that cannot know whether it was sent; empty before the first
 * @param swept the version of the log up to which the files that were replaced have been deleted; -1 for none
 */
record LakeState(Map<Integer, Long> offsets, String notice, long swept) {
    /** No version yet. */
    static final long NOTHING = -1;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Of a table in which nothing was deleted. */
    LakeState(Map<Integer, Long> offsets, String notice) {
        this(offsets, notice, NOTHING);
    }

    LakeState {
        offsets = Map.copyOf(offsets);
    }

    static LakeState beginning() {
        return new LakeState(Map.of(), "");
    }

    String toJson(String topic) {
        ObjectNode json = JSON.createObjectNode().put("topic", topic);
        ObjectNode next = json.putObject("offsets");
        new TreeMap<>(offsets).forEach((partition, offset) -> next.put(Integer.toString(partition), offset));
        json.put("notice", notice);
        if (swept != NOTHING) {
            json.put("swept", swept);
        }
        return json.toString();
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if the state is of another topic: the table was filled from elsewhere
     */
    static LakeState fromJson(String text, String topic) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the table's state cannot be read: " + e.getOriginalMessage(), e);
        }
        String before = json.path("topic").asText();
        if (!before.equals(topic)) {
            throw new IllegalArgumentException("this hippo has filled the table from topic '" + before + "', not from '"
                    + topic + "'; give the new topic another hippo name or another table");
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        json.path("offsets")
                .properties()
                .forEach(entry -> offsets.put(
                        Integer.parseInt(entry.getKey()), entry.getValue().asLong()));
        return new LakeState(
                offsets, json.path("notice").asText(""), json.path("swept").asLong(NOTHING));
    }
}
