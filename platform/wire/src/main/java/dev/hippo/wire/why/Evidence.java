// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What Kafka knows of one hippo and one partition.
 *
 * @param topics how each of the rules' topics was read
 * @param messages those about the partition, in their order
 * @param others of each topic the last message about another partition, for people
 * @param missions the hippo's about the partition, the oldest first
 * @param states what the hippo remembers beside its missions, by the key of the record
 * @param positions the offset of the next record that the hippo reads; empty if it has read nothing yet
 * @param heartbeat the hippo's last within the last minute, null for none
 */
public record Evidence(
        Map<String, Reading> topics,
        List<Message> messages,
        Map<String, Message> others,
        List<Mission> missions,
        Map<String, JsonNode> states,
        Map<TopicPartition, Long> positions,
        @Nullable JsonNode heartbeat,
        Instant now) {
    public Evidence {
        topics = Map.copyOf(topics);
        messages = List.copyOf(messages);
        others = Map.copyOf(others);
        missions = List.copyOf(missions);
        states = Map.copyOf(states);
        positions = Map.copyOf(positions);
    }

    /**
     * A topic that was read.
     *
     * @param exists whether Kafka has it
     * @param records how many there are
     * @param deleted whether older ones are gone
     * @param unreadable how many are neither notice nor finish message; 0 of a topic of events
     * @param unread how many the hippo has not come to, as far as offsets tell
     */
    public record Reading(boolean exists, long records, boolean deleted, long unreadable, long unread) {}

    /** A message about a partition, and where it stands. */
    public record Message(String topic, int shard, long offset, Instant at, Signal signal, PartitionValues partition) {
        /** {@code topic/partition/offset}. */
        public String place() {
            return new Trigger.Source(topic, shard, offset, signal.message()).place();
        }
    }
}
