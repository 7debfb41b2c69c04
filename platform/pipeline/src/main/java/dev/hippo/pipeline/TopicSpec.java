// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
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
 * @param tables of a topic of all changes that an application writes: the changelog topic whose contract and key the rows of a table have, by the table's name; else empty
 */
public record TopicSpec(
        String name,
        String contract,
        List<String> key,
        @Nullable EventTime time,
        int partitions,
        boolean changelog,
        Map<String, String> config,
        Map<String, String> tables) {
    public TopicSpec {
        key = List.copyOf(key);
        config = Map.copyOf(config);
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** A topic that says of no tables. */
    public TopicSpec(
            String name,
            String contract,
            List<String> key,
            @Nullable EventTime time,
            int partitions,
            boolean changelog,
            Map<String, String> config) {
        this(name, contract, key, time, partitions, changelog, config, Map.of());
    }

    /** Where events go that the door refused or a step could not decode. */
    public String rejectedTopic() {
        return name + ".rejected";
    }
}
