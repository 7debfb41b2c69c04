// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Takes away what ended long ago: missions with all that is known of them, messages, events. What has not ended stays, and so do tables. Thread-safe. */
public final class Pruning {
    /** In one transaction, so that readers and the feed never wait long. */
    private static final int AT_ONCE = 500;

    private final Database database;

    public Pruning(Database database) {
        this.database = database;
    }

    /** Takes away what ended before that time; the number of missions. */
    public int prune(Instant before) throws SQLException {
        int missions = 0;
        int batch;
        do {
            batch = missions(before);
            missions += batch;
        } while (batch == AT_ONCE);
        try (Connection connection = database.connection()) {
            List<List<?>> time = List.of(List.of(before.toEpochMilli()));
            for (String table : List.of("heard_partition", "heard_message", "unreadable_record")) {
                Rows.change(connection, "delete from " + table + " where received_at < ?", time);
            }
            Rows.change(connection, "delete from replay where told_at < ?", time);
            Rows.change(connection, "delete from status_event where happened_at < ?", time);
            connection.commit();
        }
        return missions;
    }

    private int missions(Instant before) throws SQLException {
        try (Connection connection = database.connection()) {
            List<List<String>> ended = Rows.read(
                    connection,
                    "select mission_id from mission where finished_at < ? order by finished_at limit ?",
                    List.of(before.toEpochMilli(), AT_ONCE),
                    row -> List.of(row.getString("mission_id")));
            for (String table : List.of("mission_event", "mission_source", "mission_table", "mission")) {
                Rows.change(connection, "delete from " + table + " where mission_id = ?", ended);
            }
            connection.commit();
            return ended.size();
        }
    }
}
