// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.wire.mission.Trigger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Messages, what they started, what hippos remember: the parts of a trace. Thread-safe. */
public final class HistoryReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Database database;

    public HistoryReader(Database database) {
        this.database = database;
    }

    /** Where a message stands. */
    public record Place(String topic, int shard, long offset) {
        /** {@code topic/partition/offset}, as a mission's trigger has it. */
        public String text() {
            return new Trigger.Source(topic, shard, offset, JsonNodeFactory.instance.objectNode()).place();
        }
    }

    /** What hippos remember beside their missions, by the key of the record. */
    public Map<String, JsonNode> states() throws SQLException {
        Map<String, JsonNode> states = new LinkedHashMap<>();
        database.read(
                "select record_key, full_json from hippo_state order by record_key",
                List.of(),
                row -> states.put(row.getString("record_key"), json(row.getString("full_json"))));
        return states;
    }

    private static JsonNode json(String text) throws SQLException {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SQLException("the database holds a record that is not JSON", e);
        }
    }

    /** The messages about a partition of a table, the newest first; of any database if none is named. */
    public List<Place> about(@Nullable String db, String table, String partition, int limit) throws SQLException {
        List<Object> parameters = new ArrayList<>(List.of(table, partition));
        if (db != null) {
            parameters.add(db);
        }
        parameters.add(limit);
        return database.read(
                // a place that a topic made anew has given to another message is told by its time
                "select m.topic, m.shard, m.at_offset from heard_partition p join heard_message m on m.topic = p.topic"
                        + " and m.shard = p.shard and m.at_offset = p.at_offset and m.received_at = p.received_at"
                        + " where p.name = ? and p.partition_values = ?" + (db == null ? "" : " and m.db = ?")
                        + " order by p.received_at desc, p.topic, p.shard, p.at_offset desc limit ?",
                parameters,
                HistoryReader::place);
    }

    private static Place place(ResultSet row) throws SQLException {
        return new Place(row.getString("topic"), row.getInt("shard"), row.getLong("at_offset"));
    }

    /** The missions that say that they have written a partition of a table. */
    public List<String> writers(@Nullable String db, String table, String partition, int limit) throws SQLException {
        List<Object> parameters = new ArrayList<>(List.of(table, partition));
        if (db != null) {
            parameters.add(db);
        }
        parameters.add(limit);
        return database.read(
                "select mission_id from mission_table where name = ? and partition_values = ?"
                        + (db == null ? "" : " and db = ?") + " order by mission_id limit ?",
                parameters,
                row -> row.getString("mission_id"));
    }

    /** A message as it is told; empty if it was never heard. */
    public Optional<ObjectNode> message(Place place) throws SQLException {
        return database
                .read(
                        "select * from heard_message where topic = ? and shard = ? and at_offset = ?",
                        List.of(place.topic(), place.shard(), place.offset()),
                        HistoryReader::message)
                .stream()
                .findFirst();
    }

    private static ObjectNode message(ResultSet row) throws SQLException {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("place", place(row).text())
                .put("received_at", time(row, "received_at"))
                .put("producer", row.getString("producer"))
                .put("success", row.getInt("success") == 1);
        put(json, "mission_id", row.getString("mission_id"));
        put(json, "db", row.getString("db"));
        put(json, "table", row.getString("name"));
        put(json, "method", row.getString("method"));
        json.put("exec_date", time(row, "executed_at")).put("version", row.getLong("version"));
        Long rows = Database.millis(row, "row_count");
        if (rows != null) {
            json.put("rows", rows);
        }
        return json;
    }

    private static String time(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column)).toString();
    }

    private static void put(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    /** The missions that a message has started or helped to start. */
    public List<String> startedBy(Place place, int limit) throws SQLException {
        return database.read(
                "select mission_id from mission_source where topic = ? and shard = ? and at_offset = ?"
                        + " order by mission_id limit ?",
                List.of(place.topic(), place.shard(), place.offset(), limit),
                row -> row.getString("mission_id"));
    }

    /** The messages that started a mission. */
    public List<Place> sources(String mission) throws SQLException {
        return database.read(
                "select topic, shard, at_offset from mission_source where mission_id = ? order by topic, shard, at_offset",
                List.of(mission),
                HistoryReader::place);
    }

    /** The messages that tell of a mission's end. */
    public List<Place> ends(String mission) throws SQLException {
        return database.read(
                "select topic, shard, at_offset from heard_message where mission_id = ? order by topic, shard, at_offset",
                List.of(mission),
                HistoryReader::place);
    }

    /** A mission's record as its hippo wrote it last. */
    public Optional<ObjectNode> mission(String id) throws SQLException {
        return database
                .read("select full_json from mission where mission_id = ?", List.of(id), row ->
                        (ObjectNode) json(row.getString("full_json")))
                .stream()
                .findFirst();
    }

    /** A mission, and how it is. */
    public record Known(String mission, String status) {}

    /** The newest mission of a hippo about a partition. */
    public Optional<Known> latest(String hippo, String partition) throws SQLException {
        return database
                .read(
                        "select mission_id, status from mission where hippo = ? and partition_values = ?"
                                + " order by hippo, partition_values, created_at desc, mission_id desc limit 1",
                        List.of(hippo, partition),
                        row -> new Known(row.getString("mission_id"), row.getString("status")))
                .stream()
                .findFirst();
    }

    /** The columns by which the newest mission of a hippo names its partition. */
    public List<String> columns(String hippo) throws SQLException {
        List<String> columns = new ArrayList<>();
        database.read(
                        "select full_json from mission where hippo = ? and partition_values <> ''"
                                + " order by hippo, created_at desc, mission_id desc limit 1",
                        List.of(hippo),
                        row -> json(row.getString("full_json")))
                .forEach(mission -> mission.path("partition").fieldNames().forEachRemaining(columns::add));
        return columns;
    }

    /** The partitions of a table that were heard of last, in messages or in what missions say that they wrote. */
    public List<String> partitions(String table, int limit) throws SQLException {
        return database.read(
                "select partition_values from (select partition_values, received_at as told_at from heard_partition"
                        + " where name = ? union all select t.partition_values, m.created_at from mission_table t"
                        + " join mission m on m.mission_id = t.mission_id where t.name = ?) told"
                        + " group by partition_values order by max(told_at) desc, partition_values limit ?",
                List.of(table, table, limit),
                row -> row.getString("partition_values"));
    }

    /** Tables that were heard of. */
    public List<String> tables() throws SQLException {
        return database.read(
                "select name from lake_table union select name from mission_table order by name",
                List.of(),
                row -> row.getString("name"));
    }
}
