// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A connector's own words for a place, as bytes. */
final class OffsetText {
    private static final Set<String> OF_SNAPSHOT = Set.of("snapshot", "snapshot_completed", "last_snapshot_record");

    /** Whole numbers are read as longs, as connectors have them. */
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    private OffsetText() {}

    /** Whether it tells how far a first snapshot is; what else is named so, such as transactions that were open at it, belongs to the place. */
    static boolean isOfSnapshot(String key) {
        return OF_SNAPSHOT.contains(key);
    }

    /** Without what tells of a snapshot: it is over when the place counts. */
    static byte[] write(Map<String, ?> offset) {
        Map<String, Object> sorted = new TreeMap<>(offset);
        sorted.keySet().removeAll(OF_SNAPSHOT);
        try {
            return JSON.writeValueAsBytes(sorted);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a place that is no mapping of plain values: " + offset, e);
        }
    }

    static Map<String, Object> read(byte[] bytes, int from) {
        try {
            return JSON.readValue(bytes, from, bytes.length - from, new TypeReference<Map<String, Object>>() {});
        } catch (IOException e) {
            throw new IllegalArgumentException("the position is not one that a connector of Debezium has told", e);
        }
    }
}
