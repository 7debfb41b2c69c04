// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Says on {@code hippo-finish} that a table has a new version. It carries the fields of the historic finish message and of the notice that frontier
 * messages have always had, and ours beside them.
 *
 * @param partitions the partitions that the commit touched, each a map of column to value; empty for an unpartitioned table
 * @param version the table's version after the commit
 */
public record FinishMessage(
        String hippo,
        String db,
        String table,
        String method,
        List<Map<String, String>> partitions,
        long rows,
        long version,
        Instant finishedAt) {
    public FinishMessage {
        partitions = List.copyOf(partitions);
    }

    /** The same for the same commit, however often it is sent: readers drop what they have seen. */
    public String id() {
        return db + "." + table + "@" + version;
    }

    /** The message's bytes: one JSON object. */
    public byte[] toBytes() {
        return toJson().toString().getBytes(StandardCharsets.UTF_8);
    }

    JsonNode toJson() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("hippo_name", hippo)
                .put("job_name", hippo)
                .put("job_id", id())
                .put("is_success", true)
                .put("finish_time", finishedAt.getEpochSecond())
                .put("db", db)
                .put("table", table)
                .put("method", method)
                .put("exec_date", finishedAt.getEpochSecond())
                .put("rows", rows)
                .put("version", version);
        ArrayNode fields = json.putArray("partition_fields");
        partitions.stream().limit(1).flatMap(p -> p.keySet().stream()).forEach(fields::add);
        ArrayNode values = json.putArray("partition_values");
        partitions.forEach(p -> values.add(String.join("/", p.values())));
        ArrayNode list = json.putArray("partition");
        partitions.forEach(p ->
                p.forEach((name, value) -> list.addObject().put("name", name).put("value", value)));
        return json;
    }
}
