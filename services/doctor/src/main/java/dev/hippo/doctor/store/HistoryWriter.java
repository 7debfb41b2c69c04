// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.doctor.store.Update.HippoState;
import dev.hippo.doctor.store.Update.MissionChange;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.Trigger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what a partition's trace is made of: messages, what they started, the tables that missions wrote; and what hippos remember beside missions. */
final class HistoryWriter {
    /** Bytes that the keys of the database have room for. */
    private static final int LONGEST_NAME = 250;

    private HistoryWriter() {}

    static void write(Connection connection, Update update) throws SQLException {
        states(connection, update);
        messages(connection, update.heard());
        Map<String, Mission> missions = new LinkedHashMap<>();
        for (MissionChange change : update.missions()) {
            missions.put(change.mission().id(), change.mission());
        }
        sources(connection, missions);
        tables(connection, missions);
    }

    private static void states(Connection connection, Update update) throws SQLException {
        List<List<?>> known = new ArrayList<>();
        List<List<?>> forgotten = new ArrayList<>();
        for (HippoState state : update.states().values()) {
            if (state.json() == null) {
                forgotten.add(List.of(state.key()));
            } else {
                known.add(List.of(state.hippo(), state.at().toEpochMilli(), state.json(), state.key()));
            }
        }
        Rows.change(connection, "delete from hippo_state where record_key = ?", forgotten);
        Rows.put(
                connection,
                "update hippo_state set hippo = ?, changed_at = ?, full_json = ? where record_key = ?",
                "insert into hippo_state (hippo, changed_at, full_json, record_key) values (?, ?, ?, ?)",
                known);
    }

    /** The place of a message in a topic that was made anew is taken by the new one. */
    private static void messages(Connection connection, List<Heard> all) throws SQLException {
        List<List<?>> messages = new ArrayList<>();
        Map<List<?>, List<?>> partitions = new LinkedHashMap<>();
        for (Heard heard : all) {
            RecordPlace place = heard.place();
            messages.add(Arrays.asList(
                    heard.at().toEpochMilli(),
                    heard.producer(),
                    heard.mission(),
                    heard.db(),
                    heard.table(),
                    heard.method(),
                    heard.success() ? 1 : 0,
                    heard.version().executed().toEpochMilli(),
                    heard.version().version(),
                    heard.rows(),
                    place.topic(),
                    place.shard(),
                    place.offset()));
            if (heard.table().isEmpty()) {
                continue;
            }
            for (PartitionValues partition : heard.partitions()) {
                List<?> key = List.of(heard.table(), partition.values(), place.topic(), place.shard(), place.offset());
                List<Object> row = new ArrayList<>(List.of(heard.at().toEpochMilli(), partition.toString()));
                row.addAll(key);
                partitions.put(key, row);
            }
        }
        Rows.put(
                connection,
                "update heard_message set received_at = ?, producer = ?, mission_id = ?, db = ?, name = ?, method = ?,"
                        + " success = ?, executed_at = ?, version = ?, row_count = ?"
                        + " where topic = ? and shard = ? and at_offset = ?",
                "insert into heard_message (received_at, producer, mission_id, db, name, method, success, executed_at,"
                        + " version, row_count, topic, shard, at_offset) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                messages);
        Rows.put(
                connection,
                "update heard_partition set received_at = ?, partition_text = ?"
                        + " where name = ? and partition_values = ? and topic = ? and shard = ? and at_offset = ?",
                "insert into heard_partition (received_at, partition_text, name, partition_values, topic, shard, at_offset)"
                        + " values (?, ?, ?, ?, ?, ?, ?)",
                List.copyOf(partitions.values()));
    }

    /** A mission's messages are known when it is accepted and never change. */
    private static void sources(Connection connection, Map<String, Mission> missions) throws SQLException {
        List<List<?>> rows = new ArrayList<>();
        for (Mission mission : missions.values()) {
            boolean known = mission.trigger().sources().isEmpty()
                    || !Rows.read(
                                    connection,
                                    "select at_offset from mission_source where mission_id = ? limit 1",
                                    List.of(mission.id()),
                                    row -> row.getLong("at_offset"))
                            .isEmpty();
            if (!known) {
                Map<String, Trigger.Source> distinct = new LinkedHashMap<>();
                mission.trigger().sources().forEach(source -> distinct.put(source.place(), source));
                distinct.values()
                        .forEach(source ->
                                rows.add(List.of(mission.id(), source.topic(), source.partition(), source.offset())));
            }
        }
        Rows.change(
                connection,
                "insert into mission_source (mission_id, topic, shard, at_offset) values (?, ?, ?, ?)",
                rows);
    }

    /** A job names the tables that it has written in its result: {@code "tables": ["db.table", {"table": "t", "partition": "201703"}]}. */
    private static void tables(Connection connection, Map<String, Mission> missions) throws SQLException {
        Map<List<?>, List<?>> rows = new LinkedHashMap<>();
        for (Mission mission : missions.values()) {
            for (JsonNode told : mission.result().path("tables")) {
                String name = told.isTextual()
                        ? told.asText()
                        : told.path("table").asText(told.path("name").asText());
                int dot = name.lastIndexOf('.');
                String db = told.path("db").asText(dot < 0 ? "" : name.substring(0, dot));
                String table = name.substring(dot + 1);
                String partition =
                        told.path("partition").asText(mission.partition().values());
                if (!table.isEmpty() && fits(table) && fits(db) && partition.length() <= LONGEST_NAME) {
                    List<String> key = List.of(table, partition, mission.id());
                    rows.put(key, List.of(db, table, partition, mission.id()));
                }
            }
        }
        Rows.put(
                connection,
                "update mission_table set db = ? where name = ? and partition_values = ? and mission_id = ?",
                "insert into mission_table (db, name, partition_values, mission_id) values (?, ?, ?, ?)",
                List.copyOf(rows.values()));
    }

    private static boolean fits(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
    }
}
