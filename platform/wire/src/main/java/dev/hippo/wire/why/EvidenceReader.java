// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.why;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.why.Evidence.Message;
import dev.hippo.wire.why.Evidence.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads Kafka's topics for what they say about one hippo and one partition. Used once; not thread-safe. */
public final class EvidenceReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration HEARTBEATS = Duration.ofMinutes(1);
    private static final List<String> STATES = List.of("mission/", "gathering/", "closing/", "schedule/");

    private final KafkaConnection kafka;
    private final String prefix;
    private final HippoSpec hippo;
    private final String group;
    private final String partition;
    private final Map<String, Reading> topics = new HashMap<>();
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, Message> others = new HashMap<>();
    private final Map<String, Mission> missions = new LinkedHashMap<>();
    private final Map<String, JsonNode> states = new HashMap<>();
    private @Nullable JsonNode heartbeat;

    private EvidenceReader(KafkaConnection kafka, String pipeline, HippoSpec hippo, String partition) {
        this.kafka = kafka;
        this.prefix = pipeline + "/" + hippo.name() + "/";
        this.group = pipeline + "." + hippo.name();
        this.hippo = hippo;
        this.partition = partition;
    }

    /**
     * Reads all that is there.
     *
     * @param partition the partition's values, with slashes between
     * @throws KafkaUnavailable if Kafka does not answer
     */
    public static Evidence read(KafkaConnection kafka, String pipeline, HippoSpec hippo, String partition, Instant now)
            throws KafkaUnavailable {
        return new EvidenceReader(kafka, pipeline, hippo, partition).read(now);
    }

    private Evidence read(Instant now) throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("hippo-why");
        client.put("default.api.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        Map<TopicPartition, Long> positions = new HashMap<>();
        Set<String> existing;
        try (Admin admin = kafka.admin(client)) {
            existing = admin.listTopics().names().get();
            admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((place, offset) -> {
                        if (offset != null) {
                            positions.put(place, offset.offset());
                        }
                    });
        } catch (ExecutionException e) {
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " does not answer: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage() + "; is the pipeline up?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
        for (String topic : hippo.settings(Batch.class).topics()) {
            if (existing.contains(topic)) {
                records(topic, positions);
            } else {
                topics.put(topic, new Reading(false, 0, false, 0, 0));
            }
        }
        if (existing.contains(ControlTopics.MISSIONS)) {
            missions();
        }
        if (existing.contains(ControlTopics.SERVICE_HEALTH)) {
            heartbeat(now);
        }
        List<Mission> sorted = missions.values().stream()
                .sorted(Comparator.comparing(Mission::createdAt))
                .toList();
        return new Evidence(topics, messages, others, sorted, states, positions, heartbeat, now);
    }

    private void records(String topic, Map<TopicPartition, Long> positions) throws KafkaUnavailable {
        boolean events = hippo.settings(Batch.class).rules().stream()
                .flatMap(rule -> rule.conditions().stream())
                .flatMap(condition -> condition.told().stream())
                .anyMatch(told -> told instanceof EventCame && told.topic().equals(topic));
        long records = 0;
        long unreadable = 0;
        long unread = 0;
        try (TopicReader reader = TopicReader.open(kafka, "hippo-why", topic)) {
            boolean deleted = reader.beginnings().values().stream().anyMatch(begin -> begin > 0);
            for (Map.Entry<TopicPartition, Long> end : reader.ends().entrySet()) {
                long begin = reader.beginnings().getOrDefault(end.getKey(), 0L);
                unread += Math.max(0, end.getValue() - Math.max(begin, positions.getOrDefault(end.getKey(), 0L)));
                records += events ? end.getValue() - begin : 0;
            }
            if (!events) {
                reader.start(Long.MAX_VALUE);
                while (!reader.atEnd()) {
                    for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                        records++;
                        unreadable += take(record) ? 0 : 1;
                    }
                }
            }
            topics.put(topic, new Reading(true, records, deleted, unreadable, unread));
        }
    }

    private boolean take(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return false;
        }
        try {
            Instant at = Instant.ofEpochMilli(record.timestamp());
            for (Signal signal : SignalReader.read(record.value(), at)) {
                for (PartitionValues values : signal.partitions()) {
                    Message message =
                            new Message(record.topic(), record.partition(), record.offset(), at, signal, values);
                    if (values.values().equals(partition)) {
                        messages.add(message);
                    } else {
                        others.put(record.topic(), message);
                    }
                }
            }
            return true;
        } catch (SignalFormatException e) {
            return false;
        }
    }

    private void missions() throws KafkaUnavailable {
        try (TopicReader reader = TopicReader.open(kafka, "hippo-why", ControlTopics.MISSIONS)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                    if (key.startsWith(prefix) && asked(key.substring(prefix.length()))) {
                        state(key, record.value());
                    }
                }
            }
        }
    }

    /** Whether a record is about something that {@link Why} tells of. A hippo keeps others there, which need not be JSON. */
    static boolean asked(String key) {
        return key.equals("control") || STATES.stream().anyMatch(key::startsWith);
    }

    private void state(String key, byte @Nullable [] value) throws KafkaUnavailable {
        try {
            if (!key.startsWith(prefix + "mission/")) {
                if (value == null) {
                    states.remove(key);
                } else {
                    states.put(key, JSON.readTree(value));
                }
            } else if (value == null) {
                missions.remove(key);
            } else {
                Mission mission = Mission.fromBytes(value);
                if (mission.partition().values().equals(partition)) {
                    missions.put(key, mission);
                }
            }
        } catch (IOException e) {
            throw new KafkaUnavailable(
                    "the record '" + key + "' of topic " + ControlTopics.MISSIONS + " cannot be read: " + e.getMessage()
                            + "; it was written by another version, or by somebody else",
                    e);
        }
    }

    private void heartbeat(Instant now) throws KafkaUnavailable {
        try (TopicReader reader = TopicReader.open(kafka, "hippo-why", ControlTopics.SERVICE_HEALTH)) {
            reader.start(reader.since(now.minus(HEARTBEATS)), reader.ends());
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    JsonNode beat = beat(record.value());
                    if (beat.path("service_name").asText().equals(hippo.name())
                            && prefix.startsWith(beat.path("pipeline").asText() + "/")) {
                        heartbeat = beat;
                    }
                }
            }
        }
    }

    private static JsonNode beat(byte @Nullable [] value) {
        try {
            return value == null ? JSON.createObjectNode() : JSON.readTree(value);
        } catch (IOException e) {
            // somebody else's; the Doctor tells of it
            return JSON.createObjectNode();
        }
    }
}
