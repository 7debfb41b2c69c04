// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How full a topic is and how far behind its readers are.
 *
 * @param first the sum of the partitions' first offsets
 * @param end the sum of the partitions' end offsets; transactions' markers count too
 * @param lag records between a consumer group's commit and the end, by group
 */
public record TopicOffsets(String topic, int partitions, long first, long end, Map<String, Long> lag) {
    public TopicOffsets {
        lag = Map.copyOf(lag);
    }

    /**
     * Asks Kafka about the topics; one that does not exist is left out.
     *
     * @throws KafkaUnavailable if Kafka does not answer in that time
     */
    public static List<TopicOffsets> read(KafkaConnection kafka, Collection<String> topics, Duration wait)
            throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("hippo-topics");
        client.put("default.api.timeout.ms", (int) wait.toMillis());
        client.put("request.timeout.ms", (int) Math.max(1_000, wait.toMillis() / 2));
        try (Admin admin = kafka.admin(client)) {
            List<String> existing = admin.listTopics().names().get().stream()
                    .filter(topics::contains)
                    .sorted()
                    .toList();
            Map<String, TopicDescription> described =
                    admin.describeTopics(existing).allTopicNames().get();
            Map<TopicPartition, Long> first = offsets(admin, described, OffsetSpec.earliest());
            Map<TopicPartition, Long> end = offsets(admin, described, OffsetSpec.latest());
            Map<String, Map<String, Long>> lag = lag(admin, end);
            List<TopicOffsets> all = new ArrayList<>();
            for (String topic : existing) {
                TopicDescription description = described.get(topic);
                all.add(new TopicOffsets(
                        topic,
                        description == null ? 0 : description.partitions().size(),
                        sum(first, topic),
                        sum(end, topic),
                        lag.getOrDefault(topic, Map.of())));
            }
            return all;
        } catch (ExecutionException e) {
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " does not answer: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage()
                            + "; is the pipeline up?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
    }

    private static Map<TopicPartition, Long> offsets(
            Admin admin, Map<String, TopicDescription> described, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        described.forEach((topic, description) -> description
                .partitions()
                .forEach(info -> wanted.put(new TopicPartition(topic, info.partition()), which)));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                admin.listOffsets(wanted).all().get();
        answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private static Map<String, Map<String, Long>> lag(Admin admin, Map<TopicPartition, Long> end)
            throws ExecutionException, InterruptedException {
        Map<String, Map<String, Long>> lag = new TreeMap<>();
        for (GroupListing group : admin.listGroups().all().get()) {
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(group.groupId())
                    .partitionsToOffsetAndMetadata()
                    .get();
            committed.forEach((partition, offset) -> {
                Long last = end.get(partition);
                if (last != null && offset != null) {
                    lag.computeIfAbsent(partition.topic(), t -> new TreeMap<>())
                            .merge(group.groupId(), Math.max(0, last - offset.offset()), Long::sum);
                }
            });
        }
        return lag;
    }

    private static long sum(Map<TopicPartition, Long> offsets, String topic) {
        return offsets.entrySet().stream()
                .filter(entry -> entry.getKey().topic().equals(topic))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
