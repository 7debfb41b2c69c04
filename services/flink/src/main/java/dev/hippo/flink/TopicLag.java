// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.wire.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** How far a consumer group is behind its topics, as Kafka says. Not thread-safe. */
final class TopicLag implements AutoCloseable {
    private final Admin admin;
    private final Set<String> topics;
    private final String group;
    private final Duration wait;

    TopicLag(KafkaConnection kafka, Collection<String> topics, String group, Duration wait) {
        Map<String, Object> client = kafka.clientProperties(group + "-lag");
        client.put("default.api.timeout.ms", (int) wait.toMillis());
        client.put("request.timeout.ms", (int) wait.toMillis());
        this.admin = Admin.create(client);
        this.topics = Set.copyOf(topics);
        this.group = group;
        this.wait = wait;
    }

    /** The offsets that the group has committed, in these topics. */
    Map<TopicPartition, Long> committed() throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get(wait.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null && topics.contains(partition.topic())) {
                committed.put(partition, offset.offset());
            }
        });
        return committed;
    }

    /** By partition, the offsets between these positions and the end of what is committed; where there is none, from the first record that the topic still has. */
    Map<TopicPartition, Long> behind(Map<TopicPartition, Long> positions)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, OffsetSpec> first = new HashMap<>();
        Map<TopicPartition, OffsetSpec> last = new HashMap<>();
        admin.describeTopics(topics)
                .allTopicNames()
                .get(wait.toMillis(), TimeUnit.MILLISECONDS)
                .forEach((topic, description) -> description.partitions().forEach(info -> {
                    TopicPartition partition = new TopicPartition(topic, info.partition());
                    first.put(partition, OffsetSpec.earliest());
                    last.put(partition, OffsetSpec.latest());
                }));
        Map<TopicPartition, Long> from = offsets(first);
        positions.forEach((partition, next) -> from.merge(partition, next, Math::max));
        Map<TopicPartition, Long> behind = new HashMap<>();
        offsets(last)
                .forEach((partition, end) ->
                        behind.put(partition, Math.max(0, end - from.getOrDefault(partition, end))));
        return behind;
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> which)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (which.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, ListOffsetsResultInfo> answer = admin.listOffsets(
                        which, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get(wait.toMillis(), TimeUnit.MILLISECONDS);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
