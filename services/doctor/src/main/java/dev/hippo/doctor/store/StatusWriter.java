// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import dev.hippo.doctor.store.Update.MissionChange;
import dev.hippo.doctor.store.Update.Shard;
import dev.hippo.doctor.store.Update.Span;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.PartitionValues;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes what was read, and how far it was read, in one transaction: nothing is lost and nothing counted twice. Thread-safe. */
public final class StatusWriter {
    private final Database database;

    public StatusWriter(Database database) {
        this.database = database;
    }

    /** Somebody else writes the same status; what was to be written is in the database already, or another reads it. */
    public static final class PositionMovedException extends Exception {
        private static final long serialVersionUID = 1L;

        PositionMovedException(String topic, int shard) {
            super("another Doctor has read on in " + topic + "/" + shard);
        }
    }

    /** Where reading a topic goes on, by partition; a partition that was never read is missing. */
    public Map<Integer, Long> positions(String topicId) throws SQLException {
        Map<Integer, Long> positions = new HashMap<>();
        database.read(
                "select shard, next_offset from feed_position where topic_id = ?",
                List.of(topicId),
                row -> positions.put(row.getInt("shard"), row.getLong("next_offset")));
        return positions;
    }

    /**
     * Writes all of it or nothing.
     *
     * @throws PositionMovedException if the positions are not those from which it was read
     */
    public void write(Update update) throws SQLException, PositionMovedException {
        try (Connection connection = database.connection()) {
            boolean done = false;
            try {
                for (Map.Entry<Shard, Span> span : update.spans().entrySet()) {
                    move(connection, span.getKey(), span.getValue());
                }
                missions(connection, update.missions());
                HistoryWriter.write(connection, update);
                EventWriter.write(connection, update);
                services(connection, update);
                for (TableNews news : update.tables()) {
                    table(connection, news);
                }
                alerts(connection, update);
                unreadable(connection, update);
                connection.commit();
                done = true;
            } finally {
                if (!done) {
                    connection.rollback();
                }
            }
        }
    }

    private static void move(Connection connection, Shard shard, Span span)
            throws SQLException, PositionMovedException {
        int[] moved = Rows.change(
                connection,
                "update feed_position set next_offset = ? where topic_id = ? and shard = ? and next_offset = ?",
                List.of(List.of(span.to(), shard.topicId(), shard.number(), span.from())));
        if (moved[0] == 1) {
            return;
        }
        List<Long> there = Rows.read(
                connection,
                "select next_offset from feed_position where topic_id = ? and shard = ?",
                List.of(shard.topicId(), shard.number()),
                row -> row.getLong("next_offset"));
        if (!there.isEmpty()) {
            throw new PositionMovedException(shard.topic(), shard.number());
        }
        Rows.change(
                connection,
                "insert into feed_position (topic_id, shard, topic, next_offset) values (?, ?, ?, ?)",
                List.of(List.of(shard.topicId(), shard.number(), shard.topic(), span.to())));
    }

    private static void missions(Connection connection, List<MissionChange> changes) throws SQLException {
        Map<String, List<?>> latest = new LinkedHashMap<>();
        List<List<?>> events = new ArrayList<>();
        for (MissionChange change : changes) {
            Mission mission = change.mission();
            Mission.Failure error = mission.error();
            latest.put(
                    mission.id(),
                    Arrays.asList(
                            mission.hippo(),
                            mission.status().word(),
                            mission.attempt(),
                            mission.failures(),
                            mission.partition().values(),
                            mission.trigger().rule(),
                            mission.createdAt().toEpochMilli(),
                            millis(mission.startedAt()),
                            millis(mission.finishedAt()),
                            change.at().toEpochMilli(),
                            mission.toJson().toString(),
                            mission.id()));
            events.add(Arrays.asList(
                    mission.id(),
                    change.place().topicId(),
                    change.place().shard(),
                    change.place().offset(),
                    change.at().toEpochMilli(),
                    mission.status().word(),
                    mission.attempt(),
                    millis(mission.dueAt()),
                    mission.log(),
                    error == null ? "" : error.kind().word(),
                    error == null ? "" : error.text()));
        }
        Rows.put(
                connection,
                "update mission set hippo = ?, status = ?, attempt = ?, failures = ?, partition_values = ?, rule_text = ?,"
                        + " created_at = ?, started_at = ?, finished_at = ?, changed_at = ?, full_json = ? where mission_id = ?",
                "insert into mission (hippo, status, attempt, failures, partition_values, rule_text, created_at, started_at,"
                        + " finished_at, changed_at, full_json, mission_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                List.copyOf(latest.values()));
        Rows.change(
                connection,
                "insert into mission_event (mission_id, topic_id, shard, at_offset, changed_at, status, attempt, due_at, log,"
                        + " error_class, error_text) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                events);
    }

    private static @Nullable Long millis(@Nullable Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    private static void services(Connection connection, Update update) throws SQLException {
        List<List<?>> rows = new ArrayList<>();
        update.services()
                .values()
                .forEach(service -> rows.add(List.of(
                        service.kind(),
                        service.state(),
                        service.host(),
                        service.pid(),
                        service.port(),
                        service.beatAt().toEpochMilli(),
                        service.interval().toMillis(),
                        service.progressAt().toEpochMilli(),
                        service.lag(),
                        service.position(),
                        service.error(),
                        service.name())));
        Rows.put(
                connection,
                "update service set kind = ?, state = ?, host = ?, pid = ?, port = ?, beat_at = ?, interval_millis = ?,"
                        + " progress_at = ?, lag = ?, progress_position = ?, error_text = ? where name = ?",
                "insert into service (kind, state, host, pid, port, beat_at, interval_millis, progress_at, lag,"
                        + " progress_position, error_text, name) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows);
    }

    private static void table(Connection connection, TableNews news) throws SQLException {
        long executed = news.version().executed().toEpochMilli();
        long version = news.version().version();
        long heard = news.heardAt().toEpochMilli();
        if (isNewer(
                connection,
                "select executed_at, version from lake_table where db = ? and name = ?",
                List.of(news.db(), news.table()),
                executed,
                version)) {
            Rows.put(
                    connection,
                    "update lake_table set hippo = ?, method = ?, executed_at = ?, version = ?, heard_at = ?"
                            + " where db = ? and name = ?",
                    "insert into lake_table (hippo, method, executed_at, version, heard_at, db, name)"
                            + " values (?, ?, ?, ?, ?, ?, ?)",
                    List.of(List.of(news.hippo(), news.method(), executed, version, heard, news.db(), news.table())));
        }
        for (PartitionValues partition : news.partitions()) {
            List<String> key = List.of(news.db(), news.table(), partition.values());
            if (isNewer(
                    connection,
                    "select executed_at, version from lake_partition where db = ? and name = ? and partition_values = ?",
                    key,
                    executed,
                    version)) {
                Rows.put(
                        connection,
                        "update lake_partition set partition_text = ?, executed_at = ?, version = ?, heard_at = ?"
                                + " where db = ? and name = ? and partition_values = ?",
                        "insert into lake_partition (partition_text, executed_at, version, heard_at, db, name,"
                                + " partition_values) values (?, ?, ?, ?, ?, ?, ?)",
                        List.of(List.of(
                                partition.toString(), executed, version, heard, key.get(0), key.get(1), key.get(2))));
            }
        }
    }

    /** Whether no news as new is known; a notice may come twice, and late. */
    private static boolean isNewer(Connection connection, String sql, List<String> key, long executed, long version)
            throws SQLException {
        List<Boolean> newer = Rows.read(connection, sql, key, row -> {
            long known = row.getLong("executed_at");
            return executed > known || (executed == known && version > row.getLong("version"));
        });
        return newer.isEmpty() || newer.get(0);
    }

    private static void alerts(Connection connection, Update update) throws SQLException {
        List<List<?>> rows = new ArrayList<>();
        update.alerts()
                .forEach(told -> rows.add(List.of(
                        told.place().topicId(),
                        told.place().shard(),
                        told.place().offset(),
                        told.alert().subject(),
                        told.alert().cause().word(),
                        told.alert().cause().urgent(),
                        told.alert().text(),
                        told.alert().by(),
                        told.alert().at().toEpochMilli())));
        Rows.change(
                connection,
                "insert into alert (topic_id, shard, at_offset, subject, cause, urgent, alert_text, told_by, alerted_at)"
                        + " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows);
    }

    private static void unreadable(Connection connection, Update update) throws SQLException {
        List<List<?>> rows = new ArrayList<>();
        update.unreadable()
                .forEach(record -> rows.add(List.of(
                        record.place().topicId(),
                        record.place().shard(),
                        record.place().offset(),
                        record.place().topic(),
                        record.at().toEpochMilli(),
                        record.reason())));
        Rows.change(
                connection,
                "insert into unreadable_record (topic_id, shard, at_offset, topic, received_at, reason)"
                        + " values (?, ?, ?, ?, ?, ?)",
                rows);
    }
}
