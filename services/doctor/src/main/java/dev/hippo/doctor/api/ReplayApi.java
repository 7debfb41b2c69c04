// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.replay.Replays;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.replay.ReplayRefused;
import dev.hippo.wire.replay.TopicRange;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A range of a topic once more: into another topic, or for one hippo. Thread-safe. */
final class ReplayApi {
    private final PipelineSpec pipeline;
    private final Replays replays;
    private final Orders orders;

    ReplayApi(PipelineSpec pipeline, Replays replays, Orders orders) {
        this.pipeline = pipeline;
        this.replays = replays;
        this.orders = orders;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/replay", List.of(), 200, request -> all()),
                new Route("POST", "/replay", List.of(), 202, this::replay));
    }

    private ObjectNode all() throws SQLException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray("replays").addAll(replays.all());
        return answer;
    }

    private ObjectNode replay(ApiRequest request) throws ApiProblem, KafkaUnavailable {
        ObjectNode body = request.body();
        JobServer.keys(body, Set.of("topic", "from", "to", "into", "hippo", "dry_run", "again"));
        String hippo = text(body, "hippo", "");
        Replays.Order order = new Replays.Order(
                pipeline.name(),
                text(body, "topic", ""),
                text(body, "from", "earliest"),
                text(body, "to", "latest"),
                text(body, "into", ""),
                body.path("again").asBoolean());
        if (order.topic().isEmpty() || order.into().isEmpty() == hippo.isEmpty()) {
            throw new ApiProblem(400, "bad field", "give 'topic', and either 'into' or 'hippo'");
        }
        try {
            if (body.path("dry_run").asBoolean()) {
                TopicRange range = replays.range(order);
                return order.toJson(range).put("state", "dry-run").put("records", replays.count(range));
            }
            return hippo.isEmpty() ? replays.start(order).toJson() : rewind(order, hippo);
        } catch (ReplayRefused e) {
            throw new ApiProblem(400, "cannot be replayed", String.valueOf(e.getMessage()));
        }
    }

    /** The hippo reads from there again, and missions that were started by what lies in the range run again. */
    private ObjectNode rewind(Replays.Order order, String hippo) throws ApiProblem, KafkaUnavailable, ReplayRefused {
        if (!RuleApi.batch(pipeline, hippo).topics().contains(order.topic())) {
            throw new ApiProblem(
                    400,
                    "cannot be replayed",
                    "hippo '" + hippo + "' does not read topic '" + order.topic() + "'; it reads "
                            + String.join(", ", RuleApi.batch(pipeline, hippo).topics()));
        }
        TopicRange range = replays.range(order);
        String id = JobServer.newId();
        if (!range.spans().isEmpty()) {
            orders.send(new MissionCommand(
                    id,
                    pipeline.name(),
                    hippo,
                    Action.REWIND,
                    "",
                    PartitionValues.WHOLE,
                    Map.of("to", range.begins(), "until", range.ends(), "rerun", "true")));
        }
        return order.toJson(range).put("command_id", id).put("state", "ordered");
    }

    private static String text(ObjectNode body, String name, String otherwise) throws ApiProblem {
        JsonNode node = body.path(name);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isValueNode() || node.isNull()) {
            throw new ApiProblem(400, "bad field", "'" + name + "' must be a text");
        }
        return node.asText();
    }
}
