// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic bound to one contract.
 *
 * @param contract the full name of the protobuf message
 * @param key the fields that are the record key together, in its order; empty for none
 * @param time the event time, null when the topic has none but Kafka's
 * @param partitions at least 1
 * @param changelog whether the topic holds the latest value per key (compacted; a null value deletes)
 * @param config further topic settings, by Kafka's names
 */
public record TopicSpec(
        String name,
        String contract,
        List<String> key,
        @Nullable EventTime time,
        int partitions,
        boolean changelog,
        Map<String, String> config) {
    public TopicSpec {
        key = List.copyOf(key);
        config = Map.copyOf(config);
    }

    /** Where events go that the door refused or a step could not decode. */
    public String rejectedTopic() {
        return name + ".rejected";
    }
}
