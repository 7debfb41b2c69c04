// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that a pipeline declares or needs, and compares those that exist with what is declared. Changes none. */
public final class PipelineTopics {
    /** What a topic of captured rows takes, in bytes. */
    private static final int LARGEST_ROW = 32 << 20;

    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    /**
     * What was done and what was found.
     *
     * @param created the topics that were made now
     * @param differences one sentence for each setting in which an existing topic differs from its declaration
     */
    public record Report(List<String> created, List<String> differences) {
        public Report {
            created = List.copyOf(created);
            differences = List.copyOf(differences);
        }
    }

    private PipelineTopics() {}

    /**
     * Creates what is missing.
     *
     * @param wait how long Kafka may take to answer
     * @throws KafkaUnavailable if Kafka does not answer in that time, or refuses
     */
    public static Report ensure(PipelineSpec pipeline, KafkaConnection kafka, Duration wait) throws KafkaUnavailable {
        return compare(pipeline, kafka, wait, true);
    }

    /**
     * Only compares: {@code created} are those that {@link #ensure} would make.
     *
     * @param wait how long Kafka may take to answer
     * @throws KafkaUnavailable if Kafka does not answer in that time, or refuses
     */
    public static Report look(PipelineSpec pipeline, KafkaConnection kafka, Duration wait) throws KafkaUnavailable {
        return compare(pipeline, kafka, wait, false);
    }

    private static Report compare(PipelineSpec pipeline, KafkaConnection kafka, Duration wait, boolean make)
            throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("topics-of-" + pipeline.name());
        client.put("default.api.timeout.ms", (int) wait.toMillis());
        client.put("request.timeout.ms", (int) Math.min(wait.toMillis(), 10_000));
        try (Admin admin = kafka.admin(client)) {
            Map<String, NewTopic> wanted = wanted(pipeline);
            Set<String> existing = admin.listTopics().names().get(wait.toMillis(), TimeUnit.MILLISECONDS);
            List<String> created = wanted.keySet().stream()
                    .filter(topic -> !existing.contains(topic))
                    .toList();
            if (make) {
                create(admin, kafka, created.stream().map(wanted::get).toList());
            }
            List<String> present =
                    wanted.keySet().stream().filter(existing::contains).toList();
            return new Report(created, differences(admin, wanted, present));
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException
                    ? Optional.ofNullable(e.getCause()).orElse(e)
                    : e;
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " did not do what the topics need within "
                            + wait.toSeconds() + " s: " + cause.getMessage()
                            + "; check that it runs and that this user may create topics",
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while creating topics", e);
        }
    }

    private static void create(Admin admin, KafkaConnection kafka, List<NewTopic> topics)
            throws ExecutionException, InterruptedException, KafkaUnavailable {
        for (Map.Entry<String, KafkaFuture<Void>> made :
                admin.createTopics(topics).values().entrySet()) {
            try {
                made.getValue().get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                if (cause instanceof TopicExistsException) {
                    // somebody was quicker, which is as good
                    continue;
                }
                if (cause instanceof InvalidConfigurationException
                        || cause instanceof PolicyViolationException
                        || cause instanceof InvalidReplicationFactorException) {
                    throw new KafkaUnavailable(
                            "Kafka at " + kafka.bootstrapServers() + " refuses to make topic '" + made.getKey() + "': "
                                    + cause.getMessage() + "; mend its settings in the pipeline file",
                            cause);
                }
                throw e;
            }
        }
    }

    /** The topics with the settings that they are created with, by name. */
    private static Map<String, NewTopic> wanted(PipelineSpec pipeline) {
        Map<String, NewTopic> wanted = new LinkedHashMap<>();
        pipeline.topics().values().forEach(topic -> wanted.put(topic.name(), declared(topic)));
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Batch batch) {
                batch.topics().forEach(name -> wanted.putIfAbsent(name, single(name)));
                wanted.putIfAbsent(HippoSettings.Batch.REJECTED_TOPIC, single(HippoSettings.Batch.REJECTED_TOPIC));
            } else {
                if (hippo.settings() instanceof HippoSettings.Capture) {
                    // rows are as large as their database allows
                    hippo.publish().forEach(name -> wanted.computeIfPresent(name, PipelineTopics::takingLargeRecords));
                    String positions = HippoSettings.Capture.positionsTopic(pipeline.name(), hippo.name());
                    wanted.putIfAbsent(positions, single(positions).configs(Map.of("cleanup.policy", "compact")));
                }
                rejecting(hippo).stream()
                        .map(topic -> pipeline.topic(topic).rejectedTopic())
                        .forEach(name -> wanted.putIfAbsent(name, single(name)));
                if (hippo.settings() instanceof HippoSettings.Frontier frontier
                        && !frontier.notices().isEmpty()) {
                    frontier.notices().forEach(name -> wanted.putIfAbsent(name, single(name)));
                    if (frontier.keepRejected()) {
                        wanted.putIfAbsent(
                                HippoSettings.Batch.REJECTED_TOPIC, single(HippoSettings.Batch.REJECTED_TOPIC));
                    }
                }
            }
        }
        for (String control : ControlTopics.all()) {
            NewTopic topic = single(control);
            if (control.equals(ControlTopics.SERVICE_HEALTH)) {
                topic.configs(Map.of("retention.ms", Long.toString(DAY_MILLIS)));
            } else if (control.equals(ControlTopics.MISSIONS) || control.equals(ControlTopics.SERVICES)) {
                topic.configs(Map.of("cleanup.policy", "compact"));
            }
            wanted.putIfAbsent(control, topic);
        }
        return wanted;
    }

    private static NewTopic takingLargeRecords(String name, NewTopic topic) {
        Map<String, String> settings = new HashMap<>(topic.configs());
        settings.putIfAbsent("max.message.bytes", Integer.toString(LARGEST_ROW));
        return topic.configs(settings);
    }

    private static NewTopic single(String name) {
        return new NewTopic(name, Optional.of(1), Optional.empty());
    }

    /** The topics of whose events a hippo sets some aside. */
    private static Collection<String> rejecting(HippoSpec hippo) {
        if (hippo.settings() instanceof HippoSettings.Frontier frontier) {
            return frontier.keepRejected() ? hippo.publish() : List.of();
        }
        // a destination sets nothing aside: without one change of a row the table would be wrong
        return hippo.settings() instanceof HippoSettings.Query
                        || hippo.settings() instanceof HippoSettings.Destination
                        || hippo.settings() instanceof HippoSettings.LogDestination
                ? List.of()
                : hippo.subscribe();
    }

    private static NewTopic declared(TopicSpec topic) {
        Map<String, String> settings = new HashMap<>(topic.config());
        // said also when it is Kafka's default: a topic of events that exists as a compacted one would lose events
        settings.putIfAbsent("cleanup.policy", topic.changelog() ? "compact" : "delete");
        NewTopic declared = new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty());
        return declared.configs(settings);
    }

    private static List<String> differences(Admin admin, Map<String, NewTopic> wanted, List<String> present)
            throws ExecutionException, InterruptedException {
        List<String> differences = new ArrayList<>();
        Map<String, TopicDescription> described =
                admin.describeTopics(present).allTopicNames().get();
        Map<ConfigResource, Config> configured = admin.describeConfigs(present.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .collect(Collectors.toList()))
                .all()
                .get();
        for (String name : present) {
            NewTopic want = wanted.get(name);
            TopicDescription is = described.get(name);
            Config settings = configured.get(new ConfigResource(ConfigResource.Type.TOPIC, name));
            if (want == null || is == null || settings == null) {
                continue;
            }
            int partitions = is.partitions().size();
            if (partitions != want.numPartitions()) {
                differences.add(
                        "topic '" + name + "' has " + partitions + " partitions, declared are " + want.numPartitions());
            }
            if (want.configs() != null) {
                want.configs().forEach((key, value) -> {
                    ConfigEntry entry = settings.get(key);
                    String now = entry == null ? "nothing" : entry.value();
                    if (!value.equals(now)) {
                        differences.add("topic '" + name + "' has " + key + "=" + now + ", declared is " + value);
                    }
                });
            }
        }
        return differences;
    }
}
