// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.Update.MissionChange;
import dev.hippo.wire.mission.Mission;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Writes what those who listen are told: each change of a mission, and each move of a service from one state to another. */
final class EventWriter {
    private EventWriter() {}

    /** Writes events; before the services' new states are written. */
    static void write(Connection connection, Update update) throws SQLException {
        List<List<?>> rows = new ArrayList<>();
        for (MissionChange change : update.missions()) {
            rows.add(List.of(
                    change.at().toEpochMilli(), "mission", mission(change).toString()));
        }
        for (ServiceStatus service : update.services().values()) {
            boolean same = Rows.read(
                            connection,
                            "select state, pid from service where name = ?",
                            List.of(service.name()),
                            row -> row.getString("state").equals(service.state())
                                    && row.getLong("pid") == service.pid())
                    .contains(true);
            if (!same) {
                rows.add(List.of(
                        service.beatAt().toEpochMilli(),
                        "service",
                        service(service).toString()));
            }
        }
        Rows.change(connection, "insert into status_event (happened_at, kind, full_json) values (?, ?, ?)", rows);
    }

    private static ObjectNode mission(MissionChange change) {
        Mission mission = change.mission();
        Mission.Failure error = mission.error();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("mission_id", mission.id())
                .put("hippo_name", mission.hippo())
                .put("status", mission.status().word())
                .put("attempt", mission.attempt())
                .put("partition", mission.partition().values())
                .put("changed_at", change.at().toString());
        if (error != null) {
            json.put("error_class", error.kind().word());
        }
        return json;
    }

    private static ObjectNode service(ServiceStatus service) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", service.name())
                .put("kind", service.kind())
                .put("said", service.state())
                .put("host", service.host())
                .put("pid", service.pid())
                .put("heartbeat_at", service.beatAt().toString());
        if (!service.error().isEmpty()) {
            json.put("error_text", service.error());
        }
        return json;
    }
}
