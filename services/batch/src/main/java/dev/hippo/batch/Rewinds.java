// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.RewindPoint;
import dev.hippo.wire.mission.Trigger;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Finds the way back to where a hippo's consumer was once. Not thread-safe. */
final class Rewinds {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Collection<String> topics;

    /** Of a consumer that reads triggers from those topics. */
    Rewinds(KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
        this.consumer = consumer;
        this.topics = topics;
    }

    /**
     * How far back: the first offset that is read again, by partition. Those that stay where they are are left out.
     *
     * @param until missions that messages from there on have started do not run again; what is left out has no end
     */
    record Way(Map<TopicPartition, Long> offsets, Map<TopicPartition, Long> until) {
        Way {
            offsets = Map.copyOf(offsets);
            until = Map.copyOf(until);
        }

        /** Without an end. */
        Way(Map<TopicPartition, Long> offsets) {
            this(offsets, Map.of());
        }

        /** What the consumer's group is to have in Kafka. */
        Map<TopicPartition, OffsetAndMetadata> positions() {
            Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
            offsets.forEach((partition, offset) -> positions.put(partition, new OffsetAndMetadata(offset)));
            return positions;
        }

        /** Whether a message that started the mission is read again, and lies before the end that was asked for. */
        boolean covers(Mission mission) {
            return mission.trigger().sources().stream().anyMatch(this::covers);
        }

        private boolean covers(Trigger.Source source) {
            TopicPartition partition = new TopicPartition(source.topic(), source.partition());
            Long from = offsets.get(partition);
            return from != null
                    && source.offset() >= from
                    && source.offset() < until.getOrDefault(partition, Long.MAX_VALUE);
        }

        @Override
        public String toString() {
            return new TreeMap<>(offsets.entrySet().stream()
                            .collect(Collectors.toMap(
                                    entry -> entry.getKey().topic() + "/"
                                            + entry.getKey().partition(),
                                    Map.Entry::getValue)))
                    .entrySet().stream()
                            .map(entry -> entry.getKey() + "@" + entry.getValue())
                            .collect(Collectors.joining(", "));
        }
    }

    /**
     * The way that a command asks for. A partition that has not come as far as that stays where it is: nothing is passed over.
     *
     * @throws IllegalArgumentException if the command does not say where to, or names what the hippo does not read
     */
    Way way(MissionCommand command) {
        RewindPoint point = RewindPoint.parse(command.parameters().getOrDefault("to", ""));
        List<TopicPartition> partitions = consumer.assignment().stream()
                .filter(partition -> topics.contains(partition.topic()))
                .toList();
        Map<TopicPartition, Long> targets = targets(point, partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(targets.keySet());
        Map<TopicPartition, Long> way = new LinkedHashMap<>();
        targets.forEach((partition, offset) -> {
            long target = Math.max(offset, begins.getOrDefault(partition, 0L));
            if (target < consumer.position(partition)) {
                way.put(partition, target);
            }
        });
        return new Way(way, until(command));
    }

    /** Where missions that run again end; without it there is no end. */
    private static Map<TopicPartition, Long> until(MissionCommand command) {
        String until = command.parameters().get("until");
        if (until == null) {
            return Map.of();
        }
        if (RewindPoint.parse(until) instanceof RewindPoint.Offsets offsets) {
            return offsets.offsets();
        }
        throw new IllegalArgumentException("'until' must be places such as frontier-adw/0@17, not '" + until + "'");
    }

    private Map<TopicPartition, Long> targets(RewindPoint point, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> targets = new HashMap<>();
        if (point instanceof RewindPoint.Earliest) {
            partitions.forEach(partition -> targets.put(partition, 0L));
        } else if (point instanceof RewindPoint.At at) {
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(partition -> times.put(partition, at.time().toEpochMilli()));
            consumer.offsetsForTimes(times).forEach((partition, found) -> {
                if (found != null) {
                    targets.put(partition, found.offset());
                }
            });
        } else if (point instanceof RewindPoint.Offsets offsets) {
            offsets.offsets().keySet().stream()
                    .filter(partition -> !partitions.contains(partition))
                    .findFirst()
                    .ifPresent(partition -> {
                        throw new IllegalArgumentException("'" + partition.topic() + "/" + partition.partition()
                                + "' is not read by this hippo; its triggers come on " + String.join(", ", topics));
                    });
            targets.putAll(offsets.offsets());
        }
        return targets;
    }
}
