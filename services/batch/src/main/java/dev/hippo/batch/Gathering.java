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
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    /** When the first of what has come came; null while nothing has. */
    private @Nullable Instant since;

    /** One condition. */
    private static final class Part {
        /** Of the last message that counted. */
        private @Nullable DataVersion last;
        /** Of each partition of the topic, the last message that counted, where each one counts: the same read again does not count again. */
        private final Map<String, Long> seen = new TreeMap<>();
        /** The message that waits for the others. */
        private Trigger.@Nullable Source waiting;
    }

    Gathering(String rule, PartitionValues partition, int conditions) {
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
            String place = source.topic() + "/" + source.partition();
            Long before = taking.seen.get(place);
            if (before != null && source.offset() <= before) {
                return false;
            }
            taking.seen.put(place, source.offset());
        } else if (taking.last != null && version.compareTo(taking.last) <= 0) {
            return false;
        }
        taking.last = taking.last == null ? version : version.max(taking.last);
        taking.waiting = source;
        if (since == null) {
            since = now;
        }
        return true;
    }

    boolean complete() {
        return parts.stream().allMatch(part -> part.waiting != null);
    }

    /** Indexes of the conditions for which nothing has come. */
    List<Integer> missing() {
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            if (parts.get(i).waiting == null) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** What has come, in the order of the conditions; the gathering begins anew. */
    List<Trigger.Source> release() {
        List<Trigger.Source> sources = parts.stream()
                .map(part -> part.waiting)
                .filter(Objects::nonNull)
                .toList();
        parts.forEach(part -> part.waiting = null);
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
            if (part.waiting != null) {
                each.set("waiting", part.waiting.toJson());
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
        Gathering read = new Gathering(json.path("gathering").asText(), new PartitionValues(columns), list.size());
        read.since = json.has("since") ? Instant.parse(json.path("since").asText()) : null;
        for (int i = 0; i < list.size(); i++) {
            JsonNode each = list.get(i);
            read.parts.get(i).last =
                    each.has("last") ? DataVersion.parse(each.path("last").asText()) : null;
            Map<String, Long> seen = read.parts.get(i).seen;
            each.path("seen")
                    .properties()
                    .forEach(place -> seen.put(place.getKey(), place.getValue().asLong()));
            read.parts.get(i).waiting = each.has("waiting") ? Trigger.Source.fromJson(each.path("waiting")) : null;
        }
        return read;
    }

    /** How many conditions the rule had when this was written. */
    int size() {
        return parts.size();
    }
}
