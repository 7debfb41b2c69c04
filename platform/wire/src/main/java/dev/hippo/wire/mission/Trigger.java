// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What started a mission.
 *
 * @param rule the rule, for people; {@code by hand} for a command
 * @param about what the rule is about beside the partition: a table, a hippo, the rule itself. Missions about the same thing and partition run one after
 *     the other
 * @param sources the messages that the rule was waiting for, in its order
 */
public record Trigger(String rule, String about, List<Source> sources) {
    public Trigger {
        sources = List.copyOf(sources);
    }

    /** One message, and where it stands. */
    public record Source(String topic, int partition, long offset, ObjectNode message) {
        /** {@code topic/partition/offset}. */
        public String place() {
            return topic + "/" + partition + "/" + offset;
        }

        public ObjectNode toJson() {
            ObjectNode json = JsonNodeFactory.instance
                    .objectNode()
                    .put("topic", topic)
                    .put("partition", partition)
                    .put("offset", offset);
            json.set("message", message);
            return json;
        }

        public static Source fromJson(JsonNode json) {
            return new Source(
                    json.path("topic").asText(),
                    json.path("partition").asInt(),
                    json.path("offset").asLong(),
                    json.path("message") instanceof ObjectNode message
                            ? message
                            : JsonNodeFactory.instance.objectNode());
        }
    }

    /** Where all messages stand, with commas between. */
    public String places() {
        return sources.stream().map(Source::place).collect(Collectors.joining(","));
    }

    public ObjectNode toJson() {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("rule", rule).put("about", about);
        ArrayNode list = json.putArray("sources");
        sources.forEach(source -> list.add(source.toJson()));
        return json;
    }

    static Trigger fromJson(JsonNode json) {
        List<Source> sources = new ArrayList<>();
        json.path("sources").forEach(source -> sources.add(Source.fromJson(source)));
        return new Trigger(json.path("rule").asText(), json.path("about").asText(), sources);
    }
}
