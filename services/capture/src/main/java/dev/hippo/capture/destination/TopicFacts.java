// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * What Kafka says of topics.
 *
 * @param ids by which it knows the topic of each partition from a later one of the same name
 * @param deletionsKept how long a compacted topic tells at least that a row was deleted, by the topic's name
 */
record TopicFacts(Map<TopicPartition, String> ids, Map<String, Duration> deletionsKept) {
    TopicFacts {
        ids = Map.copyOf(ids);
        deletionsKept = Map.copyOf(deletionsKept);
    }

    static TopicFacts read(KafkaConnection kafka, Map<String, Object> client, Collection<String> topics)
            throws KafkaUnavailable {
        Map<TopicPartition, String> ids = new HashMap<>();
        Map<String, Duration> deletionsKept = new HashMap<>();
        List<ConfigResource> settings = topics.stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                .toList();
        try (Admin admin = kafka.admin(client)) {
            for (TopicDescription topic :
                    admin.describeTopics(topics).allTopicNames().get().values()) {
                topic.partitions()
                        .forEach(info -> ids.put(
                                new TopicPartition(topic.name(), info.partition()),
                                topic.topicId().toString()));
            }
            for (Map.Entry<ConfigResource, Config> topic :
                    admin.describeConfigs(settings).all().get().entrySet()) {
                ConfigEntry policy = topic.getValue().get(TopicConfig.CLEANUP_POLICY_CONFIG);
                if (policy == null || !String.valueOf(policy.value()).contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                    continue;
                }
                ConfigEntry kept = topic.getValue().get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
                if (kept != null && kept.value() != null) {
                    deletionsKept.put(topic.getKey().name(), Duration.ofMillis(Long.parseLong(kept.value())));
                }
            }
            return new TopicFacts(ids, deletionsKept);
        } catch (ExecutionException e) {
            throw unavailable(kafka, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
    }

    static KafkaUnavailable unavailable(KafkaConnection kafka, Throwable cause) {
        return new KafkaUnavailable(
                "Kafka at " + kafka.bootstrapServers() + " does not tell the topics: " + cause.getMessage()
                        + "; is the pipeline up?",
                cause);
    }
}
