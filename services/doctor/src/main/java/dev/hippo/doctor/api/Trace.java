// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.HistoryReader.Place;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a partition of a table came to be and what came of it: the messages about it, the missions that wrote it back to the first notice, the missions that
 * were started by it and by their ends. Made for one answer; not thread-safe.
 */
final class Trace {
    /** A trace that grows beyond it is cut, and says so. */
    private static final int MOST = 500;

    private final HistoryReader history;
    private final Map<Place, ObjectNode> messages = new LinkedHashMap<>();
    private final Map<String, ObjectNode> missions = new LinkedHashMap<>();
    private boolean cut;

    private Trace(HistoryReader history) {
        this.history = history;
    }

    /** Empty if nothing was heard of the partition. */
    static Optional<ObjectNode> of(HistoryReader history, @Nullable String db, String table, String partition)
            throws SQLException {
        Trace trace = new Trace(history);
        List<Place> about = history.about(db, table, partition, MOST);
        List<String> writers = history.writers(db, table, partition, MOST);
        for (Place place : about) {
            trace.message(place, "about");
        }
        for (String writer : writers) {
            trace.mission(writer, "wrote");
        }
        for (Place place : about) {
            trace.upstream(place);
            trace.downstream(place);
        }
        for (String writer : writers) {
            trace.upstream(writer);
            trace.downstream(writer);
        }
        return trace.missions.isEmpty() && trace.messages.isEmpty()
                ? Optional.empty()
                : Optional.of(trace.json(db, table, partition));
    }

    private ObjectNode json(@Nullable String db, String table, String partition) {
        ObjectNode json =
                JsonNodeFactory.instance.objectNode().put("table", table).put("partition", partition);
        if (db != null) {
            json.put("db", db);
        }
        json.put("cut", cut);
        json.putArray("messages").addAll(sorted(messages, "received_at"));
        json.putArray("missions").addAll(sorted(missions, "created_at"));
        return json;
    }

    private static List<ObjectNode> sorted(Map<?, ObjectNode> all, String time) {
        return all.values().stream()
                .sorted(Comparator.comparing(each -> each.path(time).asText()))
                .toList();
    }

    /** Puts a message into the trace; false if it is there already, or the trace is full. */
    private boolean message(Place place, String relation) throws SQLException {
        if (messages.containsKey(place) || full()) {
            return false;
        }
        ObjectNode message = history.message(place)
                .orElseGet(() -> JsonNodeFactory.instance.objectNode().put("place", place.text()));
        message.put("relation", relation);
        messages.put(place, message);
        return true;
    }

    private boolean mission(String id, String relation) throws SQLException {
        if (missions.containsKey(id) || full()) {
            return false;
        }
        Optional<ObjectNode> found = history.mission(id);
        if (found.isEmpty()) {
            return false;
        }
        ObjectNode full = found.get();
        ObjectNode mission = JsonNodeFactory.instance.objectNode().put("mission_id", id);
        mission.put("relation", relation);
        for (String field : List.of("hippo_name", "status", "attempt", "partition", "created_at")) {
            mission.set(field, full.path(field));
        }
        mission.put("rule", full.path("trigger").path("rule").asText());
        for (String field : List.of("started_at", "finished_at", "log", "error_class", "error_text")) {
            if (full.hasNonNull(field) && !full.path(field).asText().isEmpty()) {
                mission.set(field, full.path(field));
            }
        }
        for (String field : List.of("rows_in", "rows_out", "tables")) {
            if (full.path("result").hasNonNull(field)) {
                mission.set(field, full.path("result").path(field));
            }
        }
        ArrayNode because = mission.putArray("because");
        for (Place source : history.sources(id)) {
            because.add(source.text());
        }
        missions.put(id, mission);
        return true;
    }

    private boolean full() {
        cut |= messages.size() + missions.size() >= MOST;
        return cut;
    }

    private void upstream(Place place) throws SQLException {
        ObjectNode message = messages.get(place);
        String before = message == null ? "" : message.path("mission_id").asText();
        if (!before.isEmpty() && mission(before, "before")) {
            upstream(before);
        }
    }

    private void upstream(String mission) throws SQLException {
        for (Place source : history.sources(mission)) {
            if (message(source, "before")) {
                upstream(source);
            }
        }
    }

    private void downstream(Place place) throws SQLException {
        for (String started : history.startedBy(place, MOST)) {
            if (mission(started, "after")) {
                for (Place source : history.sources(started)) {
                    message(source, "beside");
                }
                downstream(started);
            }
        }
    }

    private void downstream(String mission) throws SQLException {
        for (Place end : history.ends(mission)) {
            if (message(end, "after")) {
                downstream(end);
            }
        }
    }
}
