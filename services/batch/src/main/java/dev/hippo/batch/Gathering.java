// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a rule with several conditions has received for one partition. It stays after the mission has started, so that a message that comes again is
 * known. Not thread-safe.
 */
final class Gathering {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String rule;
    private final PartitionValues partition;
    private final List<Part> parts;
    private final int count;
    /** When the first of what has come came; null while nothing has. */
    private @Nullable Instant since;

    /** One condition. */
    private static final class Part {
        /** Of the last message that counted. */
        private @Nullable DataVersion last;
        /** Where messages are counted: what has counted since the gathering began, and before that the last time. */
        private final Map<String, String> counted = new LinkedHashMap<>();

        private final Set<String> before = new LinkedHashSet<>();
        /** Of each partition of the topic, the last message that counted, where each one counts: the same read again does not count again. */
        private final Map<String, Long> seen = new TreeMap<>();
        /** The message that waits for the others; several where messages are counted. */
        private final List<Trigger.Source> waiting = new ArrayList<>();
    }

    /**
     * One that has received nothing.
     *
     * @param count messages that each condition needs
     */
    Gathering(String rule, PartitionValues partition, int conditions, int count) {
        this.count = count;
        this.rule = rule;
        this.partition = partition;
        this.parts = new ArrayList<>();
        for (int i = 0; i < conditions; i++) {
            parts.add(new Part());
        }
    }

    String rule() {
        return rule;
    }

    PartitionValues partition() {
        return partition;
    }

    @Nullable
    Instant since() {
        return since;
    }

    /** Takes a message in; false if it is not newer than the one before, unless each one counts. */
    boolean take(int part, DataVersion version, Trigger.Source source, boolean eachCounts, Instant now) {
        Part taking = parts.get(part);
        if (eachCounts) {
            if (seen(taking, source)) {
                return false;
            }
        } else if (taking.last != null && version.compareTo(taking.last) <= 0) {
            return false;
        }
        taking.last = taking.last == null ? version : version.max(taking.last);
        taking.waiting.clear();
        add(taking, source, now);
        return true;
    }

    private static boolean seen(Part part, Trigger.Source source) {
        String place = source.topic() + "/" + source.partition();
        Long before = part.seen.get(place);
        if (before != null && source.offset() <= before) {
            return true;
        }
        part.seen.put(place, source.offset());
        return false;
    }

    private void add(Part part, Trigger.Source source, Instant now) {
        part.waiting.add(source);
        if (since == null) {
            since = now;
        }
    }

    /**
     * Counts a message; false if it counts already.
     *
     * @param differs by what one that counts differs from the others
     * @param identity by what the same is known again after the gathering has begun anew
     */
    boolean count(String differs, String identity, DataVersion version, Trigger.Source source, Instant now) {
        Part part = parts.get(0);
        if (seen(part, source) || part.counted.containsKey(differs) || part.before.contains(identity)) {
            return false;
        }
        part.counted.put(differs, identity);
        part.last = part.last == null ? version : version.max(part.last);
        add(part, source, now);
        return true;
    }

    boolean complete() {
        return parts.stream().allMatch(part -> part.waiting.size() >= count);
    }

    /** How many messages have come. */
    int waiting() {
        return parts.stream().mapToInt(part -> part.waiting.size()).sum();
    }

    /** Indexes of the conditions for which nothing has come. */
    List<Integer> missing() {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).waiting.isEmpty()) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** What has come, in the order of the conditions; the gathering begins anew. */
    List<Trigger.Source> release() {
        List<Trigger.Source> sources =
                parts.stream().flatMap(part -> part.waiting.stream()).toList();
        for (Part part : parts) {
            part.waiting.clear();
            if (!part.counted.isEmpty()) {
                part.before.clear();
                part.before.addAll(part.counted.values());
                part.counted.clear();
                part.last = null;
            }
        }
        since = null;
        return sources;
    }

    /** The latest of all that counted. */
    DataVersion version() {
        return parts.stream()
                .map(part -> part.last)
                .filter(Objects::nonNull)
                .reduce(DataVersion::max)
                .orElseGet(() -> new DataVersion(Instant.EPOCH, 0));
    }

    String key(String prefix) {
        return prefix + "/gathering/" + rule + "|" + partition.values();
    }

    byte[] toBytes() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("gathering", rule);
        ObjectNode columns = json.putObject("partition");
        partition.columns().forEach(columns::put);
        if (count > 1) {
            json.put("count", count);
        }
        if (since != null) {
            json.put("since", since.toString());
        }
        ArrayNode list = json.putArray("parts");
        for (Part part : parts) {
            ObjectNode each = list.addObject();
            if (part.last != null) {
                each.put("last", part.last.text());
            }
            if (!part.seen.isEmpty()) {
                ObjectNode seen = each.putObject("seen");
                part.seen.forEach(seen::put);
            }
            if (!part.counted.isEmpty()) {
                ObjectNode counted = each.putObject("counted");
                part.counted.forEach(counted::put);
            }
            if (!part.before.isEmpty()) {
                part.before.forEach(each.putArray("before")::add);
            }
            if (!part.waiting.isEmpty()) {
                ArrayNode waiting = each.putArray("waiting");
                part.waiting.forEach(source -> waiting.add(source.toJson()));
            }
        }
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Gathering fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        Map<String, String> columns = new LinkedHashMap<>();
        json.path("partition")
                .properties()
                .forEach(
                        column -> columns.put(column.getKey(), column.getValue().asText()));
        JsonNode list = json.path("parts");
        Gathering read = new Gathering(
                json.path("gathering").asText(),
                new PartitionValues(columns),
                list.size(),
                json.path("count").asInt(1));
        read.since = json.has("since") ? Instant.parse(json.path("since").asText()) : null;
        for (int i = 0; i < list.size(); i++) {
            JsonNode each = list.get(i);
            Part part = read.parts.get(i);
            part.last = each.has("last") ? DataVersion.parse(each.path("last").asText()) : null;
            each.path("seen")
                    .properties()
                    .forEach(place ->
                            part.seen.put(place.getKey(), place.getValue().asLong()));
            each.path("counted")
                    .properties()
                    .forEach(
                            key -> part.counted.put(key.getKey(), key.getValue().asText()));
            each.path("before").forEach(identity -> part.before.add(identity.asText()));
            // one that was written before there were several
            if (each.path("waiting").isObject()) {
                part.waiting.add(Trigger.Source.fromJson(each.path("waiting")));
            }
            if (each.path("waiting").isArray()) {
                each.path("waiting").forEach(source -> part.waiting.add(Trigger.Source.fromJson(source)));
            }
        }
        return read;
    }

    /** How many conditions the rule had when this was written. */
    int size() {
        return parts.size();
    }
}
