// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.doctor;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Fills the Doctor's embedded database with missions that have ended, one a second up to now, each with three changes of its state, a notice that started it
 * and a finish message: 50 hippos, 20 tables of 1,000 partitions, one failure in a hundred.
 *
 * @param count how many missions
 * @param end when the last was accepted, seconds since 1970
 */
record ManyMissions(int count, long end) {
    static final int HIPPOS = 50;
    static final int TABLES = 20;
    static final int PARTITIONS = 1_000;
    private static final int AT_ONCE = 50_000;

    /** Real ones are in no order; in order they are filled in faster, and found as fast. */
    private static final String ID = "lpad(x, 16, '0')";

    private static final String HIPPO = "'hippo-' || mod(x, " + HIPPOS + ")";
    private static final String PARTITION = "'p' || mod(x / " + TABLES + ", " + PARTITIONS + ")";
    private static final String STATUS = "case when mod(x, 100) = 7 then 'failed' else 'succeeded' end";

    /** The id of one of them, from 1. */
    static String idOf(long number) {
        return String.format(Locale.ROOT, "%016d", number);
    }

    /** When a mission was accepted, in milliseconds since 1970. */
    long acceptedAt(long number) {
        return (end - count + number) * 1_000;
    }

    /** The database as the Doctor opens it, with room for the filling. */
    static Connection open(Path state) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:h2:file:" + state.resolve("doctor/status")
                + ";WRITE_DELAY=5000;MAX_LENGTH_INPLACE_LOB=65536;CACHE_SIZE=600000");
        connection.setAutoCommit(false);
        return connection;
    }

    void write(Connection database) throws SQLException {
        // made at the end, in one go each
        List<String> indexes = indexes(database);
        for (String index : indexes) {
            execute(database, index.replaceFirst("CREATE INDEX (\\S+) .*", "drop index $1"));
        }
        rows(database);
        for (String index : indexes) {
            execute(database, index);
        }
        execute(database, "analyze");
    }

    private static List<String> indexes(Connection database) throws SQLException {
        List<String> indexes = new ArrayList<>();
        try (PreparedStatement script = database.prepareStatement("script nodata");
                ResultSet lines = script.executeQuery()) {
            while (lines.next()) {
                String line = lines.getString(1).strip();
                if (line.startsWith("CREATE INDEX")) {
                    indexes.add(line.replaceAll("\\s+", " "));
                }
            }
        }
        return indexes;
    }

    private void rows(Connection database) throws SQLException {
        String at = "(" + (end - count) + " + x) * 1000";
        String instant = "'" + Instant.ofEpochSecond(end) + "'";
        String json = "'{\"mission_id\":\"' || " + ID + " || '\",\"pipeline\":\"bench\",\"hippo_name\":\"' || " + HIPPO
                + " || '\",\"partition\":{\"yyyymm\":\"' || " + PARTITION
                + " || '\"},\"version\":{\"exec_date\":' || x || ',\"version\":0},\"trigger\":{\"rule\":\"table * on frontier-adw\","
                + "\"topic\":\"frontier-adw\",\"sources\":[{\"topic\":\"frontier-adw\",\"partition\":0,\"offset\":' || x ||"
                + " ',\"message\":{\"db\":\"btd\",\"table\":\"T\",\"method\":\"overwrite_partition\",\"exec_date\":\"1493394946\","
                + "\"partition\":[{\"name\":\"yyyymm\",\"value\":\"' || " + PARTITION
                + " || '\"}]}}]},\"parameters\":{},\"status\":\"' || " + STATUS
                + " || '\",\"attempt\":1,\"failures\":0,\"created_at\":\"' || " + instant
                + " || '\",\"started_at\":\"' || " + instant + " || '\",\"finished_at\":\"' || " + instant
                + " || '\",\"log\":\"/srv/warehouse/.hippo/missions/hippo/mission/1/output.log\",\"result\":{\"rows_in\":1,\"rows_out\":2}}'";
        chunks(
                database,
                "insert into mission (mission_id, hippo, status, attempt, failures, partition_values, rule_text, created_at,"
                        + " started_at, finished_at, changed_at, full_json) select " + ID + ", " + HIPPO + ", " + STATUS
                        + ", 1, 0, " + PARTITION + ", 'table * on frontier-adw', " + at + ", " + at + " + 20, " + at
                        + " + 900, " + at + " + 900, " + json + " from");
        chunks(
                database,
                "insert into mission_event (mission_id, topic_id, shard, at_offset, changed_at, status, attempt, log,"
                        + " error_class, error_text) select " + ID + ", 'M', 0, x * 3 + n, " + at
                        + " + n * 400, case n when 0 then 'queued' when 1 then 'running' else " + STATUS
                        + " end, 1, '/log', '', '' from (values (0), (1), (2)) state(n),");
        chunks(
                database,
                "insert into mission_source (mission_id, topic, shard, at_offset) select " + ID
                        + ", 'frontier-adw', 0, x from");
        heard(database, at, "frontier-adw", "''", "'table-' || mod(x, " + TABLES + ")");
        heard(database, at, "hippo-finish", ID, "''");
        chunks(
                database,
                "insert into heard_partition (name, partition_values, topic, shard, at_offset, received_at, partition_text)"
                        + " select 'table-' || mod(x, " + TABLES + "), " + PARTITION + ", 'frontier-adw', 0, x, " + at
                        + ", 'yyyymm=' || " + PARTITION + " from");
        execute(
                database,
                "insert into lake_table (db, name, hippo, method, executed_at, version, heard_at) select 'btd', 'table-' || x,"
                        + " '', 'append', " + end * 1_000 + ", 0, " + end * 1_000 + " from system_range(0, "
                        + (TABLES - 1) + ")");
        execute(
                database,
                "insert into lake_partition (db, name, partition_values, partition_text, executed_at, version, heard_at)"
                        + " select 'btd', 'table-' || mod(x, " + TABLES + "), " + PARTITION + ", 'yyyymm=' || "
                        + PARTITION
                        + ", " + at + ", 0, " + at + " from system_range(0, " + (TABLES * PARTITIONS - 1) + ")");
    }

    private void heard(Connection database, String at, String topic, String mission, String table) throws SQLException {
        chunks(
                database,
                "insert into heard_message (topic, shard, at_offset, received_at, producer, mission_id, db, name, method,"
                        + " success, executed_at, version) select '" + topic + "', 0, x, " + at + ", 'loader', "
                        + mission
                        + ", 'btd', " + table + ", 'append', 1, " + at + ", 0 from");
    }

    private void chunks(Connection database, String select) throws SQLException {
        for (int from = 1; from <= count; from += AT_ONCE) {
            execute(database, select + " system_range(" + from + ", " + Math.min(count, from + AT_ONCE - 1) + ")");
        }
    }

    private static void execute(Connection database, String sql) throws SQLException {
        try (PreparedStatement statement = database.prepareStatement(sql)) {
            statement.execute();
        }
        database.commit();
    }
}
