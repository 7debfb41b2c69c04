// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.sql.SQLException;
import java.util.List;

/** What has happened, in the order in which it was heard. Thread-safe. */
public final class EventReader {
    private final Database database;

    public EventReader(Database database) {
        this.database = database;
    }

    /**
     * One thing.
     *
     * @param number grows from event to event; some are left out
     * @param kind mission or service
     * @param json what is told
     */
    public record Event(long number, String kind, String json) {}

    /** The next events after a number. */
    public List<Event> after(long number, int limit) throws SQLException {
        return database.read(
                "select seq, kind, full_json from status_event where seq > ? order by seq limit ?",
                List.of(number, limit),
                row -> new Event(row.getLong("seq"), row.getString("kind"), row.getString("full_json")));
    }

    /** The number of the last event; 0 if there is none. */
    public long last() throws SQLException {
        return database.read(
                        "select coalesce(max(seq), 0) as newest from status_event",
                        List.of(),
                        row -> row.getLong("newest"))
                .get(0);
    }
}
