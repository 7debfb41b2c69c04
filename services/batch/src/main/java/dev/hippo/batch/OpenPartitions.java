// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.DataVersion;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The partitions of a table that are not over, for one condition, and how far the table has come. Not thread-safe. */
final class OpenPartitions {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String condition;
    /** By the partition's values. */
    private final Map<String, Open> open = new LinkedHashMap<>();
    /** When the newest partition begins. */
    private Instant newest = Instant.EPOCH;
    /** Of the last message. */
    private @Nullable DataVersion last;

    /**
     * A partition with rows.
     *
     * @param due when the newest partition begins then or later, this one is over
     * @param source the last message about it
     */
    record Open(PartitionValues partition, Instant due, DataVersion version, Trigger.Source source) {}

    OpenPartitions(String condition) {
        this.condition = condition;
    }

    String condition() {
        return condition;
    }

    /** Whether the message is one that came before, or was told again. */
    boolean knows(DataVersion version) {
        return last != null
                && version.version() <= last.version()
                && !version.executed().isAfter(last.executed());
    }

    /** Takes in that rows have come into a partition that begins then. */
    void add(Open partition, Instant begins) {
        open.put(partition.partition().values(), partition);
        if (begins.isAfter(newest)) {
            newest = begins;
        }
    }

    /** What is over now, the oldest first. */
    List<Open> closed(DataVersion version) {
        last = last == null ? version : version.max(last);
        List<Open> over = open.values().stream()
                .filter(partition -> !newest.isBefore(partition.due()))
                .sorted(Comparator.comparing(Open::due))
                .toList();
        over.forEach(partition -> open.remove(partition.partition().values()));
        return over;
    }

    String key(String prefix) {
        return prefix + "/closing/" + condition;
    }

    byte[] toBytes() {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("closing", condition).put("newest", newest.toString());
        if (last != null) {
            json.put("last", last.text());
        }
        List<JsonNode> list = new ArrayList<>();
        for (Open each : open.values()) {
            ObjectNode partition = JsonNodeFactory.instance
                    .objectNode()
                    .put("due", each.due().toString())
                    .put("version", each.version().text());
            ObjectNode columns = partition.putObject("partition");
            each.partition().columns().forEach(columns::put);
            partition.set("source", each.source().toJson());
            list.add(partition);
        }
        json.putArray("open").addAll(list);
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    static OpenPartitions fromBytes(byte[] value) throws IOException {
        JsonNode json = JSON.readTree(value);
        OpenPartitions read = new OpenPartitions(json.path("closing").asText());
        read.newest = Instant.parse(json.path("newest").asText());
        read.last = json.has("last") ? DataVersion.parse(json.path("last").asText()) : null;
        for (JsonNode each : json.path("open")) {
            Map<String, String> columns = new LinkedHashMap<>();
            each.path("partition")
                    .properties()
                    .forEach(column ->
                            columns.put(column.getKey(), column.getValue().asText()));
            PartitionValues partition = new PartitionValues(columns);
            read.open.put(
                    partition.values(),
                    new Open(
                            partition,
                            Instant.parse(each.path("due").asText()),
                            DataVersion.parse(each.path("version").asText()),
                            Trigger.Source.fromJson(each.path("source"))));
        }
        return read;
    }
}
