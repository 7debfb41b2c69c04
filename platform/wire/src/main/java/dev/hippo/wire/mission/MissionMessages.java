// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * The messages by which a hippo tells of its missions on {@code hippo-start} and {@code hippo-finish}: the fields that such messages have always had
 * ({@code hippo_name}, {@code job_name}, {@code job_id}, {@code is_success}, {@code finish_time}, ...), and ours beside them. They name no {@code table} at
 * the top, so that no rule takes them for a notice.
 */
public final class MissionMessages {
    /** Fields that a job's own key-values cannot replace. */
    private static final Set<String> TABLE_FIELDS = Set.of("table", "db", "method");

    private MissionMessages() {}

    /** An attempt begins. */
    public static byte[] start(Mission mission) {
        ObjectNode json = about(mission);
        ArrayNode needs = json.putArray("need_msgs");
        mission.trigger().sources().forEach(source -> needs.add(source.message()));
        Instant started = mission.startedAt();
        json.put("start_time", started == null ? 0 : started.getEpochSecond());
        return bytes(json);
    }

    /** The mission has ended. What the job says of itself in its result stands beside our fields and replaces none. */
    public static byte[] finish(Mission mission) {
        Instant finished = mission.finishedAt();
        if (finished == null) {
            throw new IllegalArgumentException("mission " + mission.id() + " has not ended");
        }
        ObjectNode json = about(mission);
        Instant started = mission.startedAt() == null ? finished : mission.startedAt();
        json.put("is_success", mission.status() == MissionStatus.SUCCEEDED)
                .put("status", mission.status().word())
                .put("start_time", started.getEpochSecond())
                .put("finish_time", finished.getEpochSecond())
                .put("duration_time", Duration.between(started, finished).toMillis() / 1e3)
                .put("log", mission.log());
        ArrayNode received = json.putArray("receive_msgs");
        mission.trigger().sources().forEach(source -> received.add(source.message()));
        Mission.Failure error = mission.error();
        if (error != null) {
            json.put("error_class", error.kind().word()).put("error_text", error.text());
        }
        mission.result().properties().forEach(field -> {
            if (!json.has(field.getKey()) && !TABLE_FIELDS.contains(field.getKey())) {
                json.set(field.getKey(), field.getValue());
            }
        });
        return bytes(json);
    }

    private static ObjectNode about(Mission mission) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("hippo_name", mission.hippo())
                .put("job_name", mission.hippo())
                .put("job_id", mission.id())
                .put("mission_id", mission.id())
                .put("pipeline", mission.pipeline())
                .put("attempt", mission.attempt())
                .put("rule", mission.trigger().rule())
                .put("exec_date", mission.version().executed().getEpochSecond())
                .put("version", mission.version().version());
        ArrayNode fields = json.putArray("partition_fields");
        mission.partition().columns().keySet().forEach(fields::add);
        ArrayNode values = json.putArray("partition_values");
        if (!mission.partition().columns().isEmpty()) {
            values.add(mission.partition().values());
        }
        return json;
    }

    private static byte[] bytes(ObjectNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
