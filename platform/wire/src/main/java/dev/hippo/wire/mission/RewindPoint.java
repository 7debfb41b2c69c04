// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/** Where a hippo is to begin to read its topics again. */
public sealed interface RewindPoint {
    /** At the first message that is still there. */
    record Earliest() implements RewindPoint {}

    /** At the first message that Kafka got at that time or later. */
    record At(Instant time) implements RewindPoint {}

    /** At those offsets; partitions that are not named stay where they are. */
    record Offsets(Map<TopicPartition, Long> offsets) implements RewindPoint {
        public Offsets {
            offsets = Collections.unmodifiableMap(new LinkedHashMap<>(offsets));
        }
    }

    /**
     * Reads {@code earliest}, a time such as {@code 2026-11-21T06:00:00Z}, or offsets such as {@code frontier-adw/0@17}, several with commas between.
     *
     * @throws IllegalArgumentException if it is none of them, with what is wrong
     */
    static RewindPoint parse(String text) {
        String point = text.strip();
        if (point.equals("earliest")) {
            return new Earliest();
        }
        if (point.contains("@")) {
            Pattern place = Pattern.compile("([A-Za-z0-9._-]+)/(\\d{1,9})@(\\d{1,18})");
            Map<TopicPartition, Long> offsets = new LinkedHashMap<>();
            for (String each : point.split(",", -1)) {
                Matcher matcher = place.matcher(each.strip());
                if (!matcher.matches()) {
                    throw new IllegalArgumentException(
                            "'" + each.strip() + "' is no place in a topic; write topic/partition@offset");
                }
                offsets.put(
                        new TopicPartition(matcher.group(1), Integer.parseInt(matcher.group(2))),
                        Long.parseLong(matcher.group(3)));
            }
            return new Offsets(offsets);
        }
        try {
            return new At(Instant.parse(point));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + point + "' says not where to rewind to; write earliest, a time such as 2026-11-21T06:00:00Z,"
                            + " or topic/partition@offset",
                    e);
        }
    }
}
