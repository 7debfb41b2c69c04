// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.source.Position;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A place in the log of a database of which nothing but its connector is known: the connector's own words, which have no order, and how many places were told before. Immutable.
 *
 * @param connector whose words they are
 * @param offset as the connector is handed it when it is to go on
 */
record CountedOffset(String connector, long count, Map<String, Object> offset) {
    /** The key under which the connector stands among its words. */
    private static final String CONNECTOR = "hippo_connector";

    CountedOffset {
        offset = Collections.unmodifiableMap(new TreeMap<>(offset));
    }

    /** Before all. */
    static CountedOffset none(String connector) {
        return new CountedOffset(connector, 0, Map.of());
    }

    /** That of a position, which {@link #position} made. */
    static CountedOffset of(Position position) {
        byte[] log = position.log();
        if (log.length <= Long.BYTES) {
            throw new IllegalArgumentException("the position is not one that a connector of Debezium has told");
        }
        Map<String, Object> words = OffsetText.read(log, Long.BYTES);
        if (words.remove(CONNECTOR) instanceof String connector) {
            return new CountedOffset(connector, ByteBuffer.wrap(log).getLong(), words);
        }
        throw new IllegalArgumentException("the position does not say which connector has told it");
    }

    /** The next one. */
    CountedOffset next(Map<String, ?> words) {
        return new CountedOffset(connector, count + 1, OffsetText.read(OffsetText.write(words), 0));
    }

    Position position() {
        Map<String, Object> all = new HashMap<>(offset);
        all.put(CONNECTOR, connector);
        byte[] words = OffsetText.write(all);
        return new Position(
                0,
                ByteBuffer.allocate(Long.BYTES + words.length)
                        .putLong(count)
                        .put(words)
                        .array());
    }

    /** Whether these are words for the same place, whichever transaction it is counted to. */
    boolean isAt(Map<String, ?> words) {
        return isSame(offset, words);
    }

    static boolean isSame(Map<String, ?> one, Map<String, ?> other) {
        return place(one).equals(place(other));
    }

    private static Map<String, String> place(Map<String, ?> words) {
        Map<String, String> place = new HashMap<>();
        words.forEach((key, value) -> {
            if (!isBookkeeping(key)) {
                place.put(key, Objects.toString(value));
            }
        });
        return place;
    }

    private static boolean isBookkeeping(String key) {
        return key.startsWith("transaction_") || key.startsWith("incremental_") || OffsetText.isOfSnapshot(key);
    }

    /** For people. */
    String describe() {
        return offset.entrySet().stream()
                .filter(entry ->
                        !isBookkeeping(entry.getKey()) && !entry.getKey().startsWith("ts_"))
                .filter(entry -> entry.getValue() != null)
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
