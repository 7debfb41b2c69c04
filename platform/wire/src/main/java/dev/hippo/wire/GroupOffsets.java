// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Who has told Kafka how far a partition is read. */
public final class GroupOffsets {
    private GroupOffsets() {}

    /**
     * For each consumer group that has told of the partition the offset that it reads next.
     *
     * @throws KafkaUnavailable if Kafka does not answer in that time
     */
    public static Map<String, Long> of(KafkaConnection kafka, TopicPartition partition, Duration wait)
            throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("hippo-groups");
        client.put("default.api.timeout.ms", (int) wait.toMillis());
        client.put("request.timeout.ms", (int) Math.max(1_000, wait.toMillis() / 2));
        Map<String, Long> next = new TreeMap<>();
        try (Admin admin = kafka.admin(client)) {
            for (GroupListing group : admin.listGroups().all().get()) {
                OffsetAndMetadata told = admin.listConsumerGroupOffsets(group.groupId())
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(partition);
                if (told != null) {
                    next.put(group.groupId(), told.offset());
                }
            }
            return next;
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
}
