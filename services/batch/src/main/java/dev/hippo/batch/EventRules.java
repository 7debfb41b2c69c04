// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.TimeReader;
import dev.hippo.pipeline.EventTime;
import dev.hippo.pipeline.FieldCondition;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.EventCame;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The conditions on events of topics that have a contract. Only those topics are decoded, and only an event that is met is written as JSON. Of the conditions that ask
 * for one text of a field, only those are looked at that ask for the event's.
 */
final class EventRules {
    /**
     * The conditions on one topic.
     *
     * @param byText those that ask for one text of a field, by the field and the text
     */
    private record Topic(
            Contract contract, @Nullable TimeReader time, Map<String, ByText> byText, List<Asked> further) {
        Topic(Contract contract, @Nullable TimeReader time) {
            this(contract, time, new HashMap<>(), new ArrayList<>());
        }

        void add(Asked asked) {
            for (Map.Entry<String, FieldCondition> field : asked.where().entrySet()) {
                Optional<String> text = field.getValue().onlyText();
                if (text.isPresent()) {
                    byText.computeIfAbsent(field.getKey(), f -> new ByText(field.getValue(), new HashMap<>()))
                            .asked()
                            .computeIfAbsent(text.get(), t -> new ArrayList<>())
                            .add(asked);
                    return;
                }
            }
            further.add(asked);
        }

        List<Asked> met(Message event) {
            List<Asked> met = new ArrayList<>();
            further.stream().filter(asked -> asked.isMet(event)).forEach(met::add);
            for (ByText field : byText.values()) {
                field.asked().getOrDefault(field.condition().textIn(event), List.of()).stream()
                        .filter(asked -> asked.isMet(event))
                        .forEach(met::add);
            }
            met.sort(Comparator.comparingInt((Asked asked) -> asked.match().rule())
                    .thenComparingInt(asked -> asked.match().part()));
            return met;
        }
    }

    /**
     * Conditions on one field.
     *
     * @param condition any of them, which knows where the field is
     */
    private record ByText(FieldCondition condition, Map<String, List<Asked>> asked) {}

    private record Asked(RuleIndex.Match match, EventCame event, Map<String, FieldCondition> where) {
        boolean isMet(Message message) {
            return where.values().stream().allMatch(condition -> condition.test(message));
        }
    }

    /**
     * An event that meets a condition.
     *
     * @param json the event as JSON
     */
    record Met(RuleIndex.Match match, EventCame event, PartitionValues partition, DataVersion version, String json) {}

    private final Map<String, Topic> topics = new HashMap<>();

    /** What {@code hippo check} has found to fit the contracts. */
    EventRules(List<RuleSpec> rules, PipelineSpec pipeline, ContractCatalog contracts) {
        for (int rule = 0; rule < rules.size(); rule++) {
            List<RuleSpec.Condition> conditions = rules.get(rule).conditions();
            for (int part = 0; part < conditions.size(); part++) {
                for (RuleSpec.Told told : conditions.get(part).told()) {
                    if (told instanceof EventCame event) {
                        add(new RuleIndex.Match(rule, part, event), event, pipeline, contracts);
                    }
                }
            }
        }
    }

    private void add(RuleIndex.Match match, EventCame event, PipelineSpec pipeline, ContractCatalog contracts) {
        Topic topic = topics.computeIfAbsent(event.topic(), name -> {
            Contract contract =
                    contracts.contract(pipeline.topic(name).contract()).orElseThrow();
            EventTime time = pipeline.topic(name).time();
            return new Topic(contract, time == null ? null : contract.time(time.field()));
        });
        Map<String, FieldCondition> where = new LinkedHashMap<>();
        event.where()
                .forEach((field, text) ->
                        where.put(field, FieldCondition.of(topic.contract().descriptor(), field, text)));
        topic.add(new Asked(match, event, where));
    }

    /** Whether any condition is about events of that topic. */
    boolean reads(String topic) {
        return topics.containsKey(topic);
    }

    /**
     * The conditions that an event meets.
     *
     * @throws InvalidProtocolBufferException if it is none of the topic's contract
     */
    List<Met> met(ConsumerRecord<byte[], byte[]> record) throws InvalidProtocolBufferException {
        Topic topic = topics.get(record.topic());
        if (topic == null) {
            return List.of();
        }
        Message event = DynamicMessage.parseFrom(topic.contract().descriptor(), record.value());
        List<Met> met = new ArrayList<>();
        String json = "";
        for (Asked asked : topic.met(event)) {
            json = json.isEmpty() ? topic.contract().json().toJson(record.value()) : json;
            met.add(new Met(
                    asked.match(),
                    asked.event(),
                    partition(asked.event(), event),
                    new DataVersion(time(topic, record), record.offset()),
                    json));
        }
        return met;
    }

    private static Instant time(Topic topic, ConsumerRecord<byte[], byte[]> record) {
        long millis = topic.time() == null
                ? record.timestamp()
                : topic.time().readMillis(record.value(), 0, record.value().length);
        return Instant.ofEpochMilli(millis);
    }

    private static PartitionValues partition(EventCame asked, Message event) {
        Map<String, String> columns = new LinkedHashMap<>();
        asked.by().forEach(field -> columns.put(field, FieldCondition.text(event, field)));
        return new PartitionValues(columns);
    }
}
