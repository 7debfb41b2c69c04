// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Replays, those of Doctors that are gone too. Thread-safe. */
public final class ReplayBook {
    /** A Doctor that copies tells how far it is more often than that. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Set<String> GOING_ON = Set.of("queued", "running");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Database database;
    private final String self;

    /** @param self a word that no other process has */
    public ReplayBook(Database database, String self) {
        this.database = database;
        this.self = self;
    }

    /** Writes down how a replay is; the first time is when it was ordered. */
    public void write(String id, ObjectNode replay, Instant now) throws SQLException {
        try (Connection connection = database.connection()) {
            Rows.put(
                    connection,
                    "update replay set told_at = ?, told_by = ?, full_json = ? where replay_id = ?",
                    "insert into replay (told_at, told_by, full_json, replay_id, ordered_at) values (?, ?, ?, ?, "
                            + now.toEpochMilli() + ")",
                    List.of(List.of(now.toEpochMilli(), self, replay.toString(), id)));
            connection.commit();
        }
    }

    /** The last ones, the oldest first. What a Doctor copied that is gone has stopped. */
    public List<ObjectNode> read(int limit, Instant now) throws SQLException {
        List<ObjectNode> replays = new ArrayList<>(database.read(
                "select * from replay order by ordered_at desc, replay_id desc limit ?", List.of(limit), row -> {
                    ObjectNode replay = json(row.getString("full_json"));
                    boolean silent = Instant.ofEpochMilli(row.getLong("told_at"))
                            .plus(SILENCE)
                            .isBefore(now);
                    if (silent
                            && !row.getString("told_by").equals(self)
                            && GOING_ON.contains(replay.path("state").asText())) {
                        replay.put("state", "stopped")
                                .put(
                                        "error_text",
                                        "the Doctor that copied it is gone; the same order again goes on where it stopped");
                    }
                    return replay;
                }));
        Collections.reverse(replays);
        return replays;
    }

    private static ObjectNode json(String text) throws SQLException {
        try {
            return (ObjectNode) JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SQLException("the database holds a replay that is not JSON", e);
        }
    }
}
