// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the database holds, as JSON. Thread-safe. */
public final class StatusReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Database database;

    public StatusReader(Database database) {
        this.database = database;
    }

    /** All services that were ever heard, by name. */
    public List<ObjectNode> services(Instant now) throws SQLException {
        return database.read("select * from service order by name", List.of(), row -> service(row, now));
    }

    private static ObjectNode service(ResultSet row, Instant now) throws SQLException {
        ServiceStatus status = new ServiceStatus(
                row.getString("name"),
                row.getString("kind"),
                row.getString("state"),
                row.getString("host"),
                row.getLong("pid"),
                row.getInt("port"),
                Instant.ofEpochMilli(row.getLong("beat_at")),
                Duration.ofMillis(row.getLong("interval_millis")),
                Instant.ofEpochMilli(row.getLong("progress_at")),
                row.getLong("lag"),
                row.getString("progress_position"),
                row.getString("error_text"));
        ObjectNode json = NODES.objectNode()
                .put("name", status.name())
                .put("kind", status.kind())
                .put("state", status.stateAt(now))
                .put("host", status.host())
                .put("pid", status.pid())
                .put("port", status.port())
                .put("heartbeat_at", status.beatAt().toString())
                .put("progress_at", status.progressAt().toString())
                .put("lag", status.lag())
                .put("position", status.position());
        if (!status.error().isEmpty()) {
            json.put("error_text", status.error());
        }
        return json;
    }

    /** One page of missions, the newest first: {@code missions}, and {@code next} unless it is the last. */
    public ObjectNode missions(MissionFilter filter) throws SQLException {
        StringBuilder where = new StringBuilder();
        // the columns that a condition fixes are named in the order too, so that both databases take the index that has
        // them first
        StringBuilder order = new StringBuilder();
        List<Object> parameters = new ArrayList<>();
        fix("hippo", filter.hippo(), where, order, parameters);
        fix("status", filter.status(), where, order, parameters);
        fix("partition_values", filter.partition(), where, order, parameters);
        Instant since = filter.since();
        if (since != null) {
            where.append(" and created_at >= ?");
            parameters.add(since.toEpochMilli());
        }
        MissionFilter.Cursor after = filter.after();
        if (after != null) {
            where.append(" and created_at <= ? and (created_at < ? or mission_id < ?)");
            parameters.addAll(List.of(after.createdAt(), after.createdAt(), after.missionId()));
        }
        parameters.add(filter.limit() + 1);
        List<ObjectNode> found = database.read(
                "select mission_id, hippo, status, attempt, failures, partition_values, rule_text, created_at, started_at,"
                        + " finished_at, changed_at from mission"
                        + (where.isEmpty() ? "" : " where" + where.substring(" and".length()))
                        + " order by " + order + "created_at desc, mission_id desc limit ?",
                parameters,
                StatusReader::mission);
        ObjectNode page = NODES.objectNode();
        ArrayNode missions = page.putArray("missions");
        found.stream().limit(filter.limit()).forEach(missions::add);
        if (found.size() > filter.limit()) {
            ObjectNode last = found.get(filter.limit() - 1);
            long created = Instant.parse(last.path("created_at").asText()).toEpochMilli();
            page.put(
                    "next",
                    new MissionFilter.Cursor(created, last.path("mission_id").asText()).text());
        }
        return page;
    }

    private static void fix(
            String column, @Nullable String value, StringBuilder where, StringBuilder order, List<Object> parameters) {
        if (value != null) {
            where.append(" and ").append(column).append(" = ?");
            order.append(column).append(", ");
            parameters.add(value);
        }
    }

    private static ObjectNode mission(ResultSet row) throws SQLException {
        ObjectNode json = NODES.objectNode()
                .put("mission_id", row.getString("mission_id"))
                .put("hippo_name", row.getString("hippo"))
                .put("status", row.getString("status"))
                .put("attempt", row.getInt("attempt"))
                .put("failures", row.getInt("failures"))
                .put("partition", row.getString("partition_values"))
                .put("rule", row.getString("rule_text"));
        time(json, "created_at", row);
        time(json, "started_at", row);
        time(json, "finished_at", row);
        time(json, "changed_at", row);
        return json;
    }

    private static void time(ObjectNode json, String column, ResultSet row) throws SQLException {
        Long millis = Database.millis(row, column);
        if (millis != null) {
            json.put(column, Instant.ofEpochMilli(millis).toString());
        }
    }

    /** A mission in full: its record, {@code events} with every change of its state, {@code attempts} made of them. */
    public Optional<ObjectNode> mission(String id) throws SQLException {
        List<ObjectNode> found = database.read(
                "select full_json from mission where mission_id = ?",
                List.of(id),
                row -> object(row.getString("full_json")));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode mission = found.get(0);
        List<ObjectNode> events = database.read(
                "select * from mission_event where mission_id = ? order by changed_at, topic_id, shard, at_offset",
                List.of(id),
                StatusReader::event);
        mission.putArray("attempts").addAll(attempts(events));
        mission.putArray("events").addAll(events);
        return Optional.of(mission);
    }

    private static ObjectNode event(ResultSet row) throws SQLException {
        ObjectNode json = NODES.objectNode();
        time(json, "changed_at", row);
        json.put("status", row.getString("status")).put("attempt", row.getInt("attempt"));
        time(json, "due_at", row);
        json.put("log", row.getString("log"));
        if (!row.getString("error_class").isEmpty()) {
            json.put("error_class", row.getString("error_class")).put("error_text", row.getString("error_text"));
        }
        return json;
    }

    /** An attempt begins with the state running and ends with the next state. */
    private static List<ObjectNode> attempts(List<ObjectNode> events) {
        Map<Integer, ObjectNode> attempts = new LinkedHashMap<>();
        for (ObjectNode event : events) {
            int number = event.path("attempt").asInt();
            boolean running = event.path("status").asText().equals("running");
            ObjectNode attempt = attempts.get(number);
            if (attempt == null && number > 0) {
                attempt = NODES.objectNode().put("attempt", number).put("log", "");
                attempts.put(number, attempt);
                if (running) {
                    attempt.set("started_at", event.path("changed_at"));
                }
            }
            if (attempt == null || attempt.has("ended_at")) {
                continue;
            }
            attempt.set("status", event.path("status"));
            attempt.set("log", event.path("log"));
            if (!running) {
                attempt.set("ended_at", event.path("changed_at"));
                if (event.has("error_class")) {
                    attempt.set("error_class", event.path("error_class"));
                    attempt.set("error_text", event.path("error_text"));
                }
            }
        }
        return List.copyOf(attempts.values());
    }

    private static ObjectNode object(String text) throws SQLException {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SQLException("the database holds a mission that is not JSON", e);
        }
    }

    /** All tables that were ever heard of, each with its partitions, the freshest first. */
    public List<ObjectNode> tables(Instant now) throws SQLException {
        Map<List<String>, ArrayNode> partitions = new LinkedHashMap<>();
        List<ObjectNode> tables = database.read("select * from lake_table order by db, name", List.of(), row -> {
            ObjectNode json = table(row, now);
            partitions.put(List.of(row.getString("db"), row.getString("name")), json.putArray("partitions"));
            return json;
        });
        database.read(
                "select * from lake_partition order by executed_at desc, version desc, partition_values desc",
                List.of(),
                row -> {
                    ArrayNode list = partitions.get(List.of(row.getString("db"), row.getString("name")));
                    if (list != null && !row.getString("partition_text").isEmpty()) {
                        freshness(list.addObject().put("partition", row.getString("partition_text")), row, now);
                    }
                    return true;
                });
        return tables;
    }

    /** The tables of that name, of any database if none is named, each with its partitions, the freshest first. */
    public List<ObjectNode> tables(@Nullable String db, String name, Instant now) throws SQLException {
        List<Object> key = new ArrayList<>(List.of(name));
        if (db != null) {
            key.add(db);
        }
        List<ObjectNode> tables = database.read(
                "select * from lake_table where name = ?" + (db == null ? "" : " and db = ?") + " order by db",
                key,
                row -> table(row, now));
        for (ObjectNode table : tables) {
            ArrayNode list = table.putArray("partitions");
            database.read(
                    "select * from lake_partition where db = ? and name = ? and partition_text <> ''"
                            + " order by executed_at desc, version desc, partition_values desc",
                    List.of(table.path("db").asText(), name),
                    row -> {
                        freshness(list.addObject().put("partition", row.getString("partition_text")), row, now);
                        return true;
                    });
        }
        return tables;
    }

    /** The names of all tables that were ever heard of. */
    public List<String> tableNames() throws SQLException {
        return database.read(
                "select distinct name from lake_table order by name", List.of(), row -> row.getString("name"));
    }

    private static ObjectNode table(ResultSet row, Instant now) throws SQLException {
        ObjectNode json = NODES.objectNode()
                .put("db", row.getString("db"))
                .put("table", row.getString("name"))
                .put("hippo_name", row.getString("hippo"))
                .put("method", row.getString("method"));
        freshness(json, row, now);
        return json;
    }

    private static void freshness(ObjectNode json, ResultSet row, Instant now) throws SQLException {
        Instant executed = Instant.ofEpochMilli(row.getLong("executed_at"));
        json.put("committed_at", executed.toString())
                .put("age_seconds", Math.max(0, Duration.between(executed, now).toSeconds()))
                .put("version", row.getLong("version"));
    }

    /** The last alerts, the newest first. */
    public List<ObjectNode> alerts(int limit) throws SQLException {
        return database.read(
                "select * from alert order by alerted_at desc, at_offset desc limit ?", List.of(limit), row -> {
                    ObjectNode json = NODES.objectNode();
                    time(json, "alerted_at", row);
                    return json.put("subject", row.getString("subject"))
                            .put("cause", row.getString("cause"))
                            .put("urgent", row.getBoolean("urgent"))
                            .put("text", row.getString("alert_text"))
                            .put("by", row.getString("told_by"));
                });
    }

    /** The last records that could not be read, the newest first. */
    public List<ObjectNode> unreadable(int limit) throws SQLException {
        return database.read(
                "select * from unreadable_record order by received_at desc, topic, shard, at_offset desc limit ?",
                List.of(limit),
                row -> {
                    ObjectNode json = NODES.objectNode()
                            .put("topic", row.getString("topic"))
                            .put("partition", row.getInt("shard"))
                            .put("offset", row.getLong("at_offset"));
                    time(json, "received_at", row);
                    return json.put("reason", row.getString("reason"));
                });
    }
}
