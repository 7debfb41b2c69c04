// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.MissionFilter;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Schedule;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.RewindPoint;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What starts missions, and orders to pause it, to go on, to go back. Thread-safe. */
final class RuleApi {
    private static final int NEXT_RUNS = 3;

    private final PipelineSpec pipeline;
    private final StatusReader status;
    private final HistoryReader history;
    private final Orders orders;
    private final InstantSource clock;

    RuleApi(PipelineSpec pipeline, StatusReader status, HistoryReader history, Orders orders, InstantSource clock) {
        this.pipeline = pipeline;
        this.status = status;
        this.history = history;
        this.orders = orders;
        this.clock = clock;
    }

    List<Route> routes() {
        List<String> none = List.of();
        return List.of(
                new Route("GET", "/rules", List.of("hippo"), 200, this::rules),
                new Route("POST", "/rules/{hippo}/pause", none, 202, request -> order(request, Action.PAUSE)),
                new Route("POST", "/rules/{hippo}/resume", none, 202, request -> order(request, Action.RESUME)),
                new Route("POST", "/rules/{hippo}/rewind", none, 202, this::rewind));
    }

    /** A hippo that runs missions. */
    static Batch batch(PipelineSpec pipeline, String name) throws ApiProblem {
        HippoSpec hippo = pipeline.hippos().get(name);
        if (hippo != null && hippo.settings() instanceof Batch batch) {
            return batch;
        }
        throw new ApiProblem(
                404,
                "no such hippo",
                "no hippo '" + name + "' of pipeline '" + pipeline.name() + "' runs missions; "
                        + Suggestion.hint(
                                name,
                                pipeline.hippos().values().stream()
                                        .filter(each -> each.settings() instanceof Batch)
                                        .map(HippoSpec::name)
                                        .toList()));
    }

    private ObjectNode rules(ApiRequest request) throws ApiProblem, SQLException {
        String only = request.query("hippo");
        if (only != null) {
            batch(pipeline, only);
        }
        Map<String, JsonNode> states = history.states();
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("hippos");
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof Batch batch && (only == null || only.equals(hippo.name()))) {
                rules(hippo.name(), batch, states, list.addObject());
            }
        }
        return answer;
    }

    private void rules(String hippo, Batch batch, Map<String, JsonNode> states, ObjectNode into) throws SQLException {
        JsonNode control = states.get(HippoControl.key(pipeline.name(), hippo));
        into.put("hippo_name", hippo);
        into.put("paused", control != null && control.path("paused").asBoolean());
        if (control != null) {
            into.put("paused_since", control.path("since").asText());
            if (!control.path("paused").asBoolean()) {
                into.remove("paused_since");
            }
            into.putObject("answer")
                    .put("command_id", control.path("command_id").asText())
                    .put("done", control.path("done").asBoolean())
                    .put("text", control.path("answer").asText());
        }
        into.put("repeat", batch.repeat().name().toLowerCase(Locale.ROOT));
        into.put("concurrency", batch.concurrency().missions());
        ArrayNode rules = into.putArray("rules");
        for (RuleSpec rule : batch.rules()) {
            ObjectNode each = rules.addObject().put("rule", rule.toString());
            if (!rule.within().isZero()) {
                each.put("within_seconds", rule.within().toSeconds());
            }
            if (rule.conditions().get(0) instanceof Schedule schedule) {
                next(schedule, each);
            }
        }
        status.missions(new MissionFilter(hippo, null, null, null, null, 1))
                .path("missions")
                .forEach(last -> into.set("last_mission", last));
    }

    private void next(Schedule schedule, ObjectNode into) {
        into.put("zone", schedule.line().zone().getId());
        ArrayNode times = into.putArray("next");
        Optional<Instant> next = schedule.line().next(clock.instant());
        for (int i = 0; i < NEXT_RUNS && next.isPresent(); i++) {
            times.add(
                    next.get().atZone(schedule.line().zone()).toOffsetDateTime().toString());
            next = schedule.line().next(next.get());
        }
    }

    private ObjectNode order(ApiRequest request, Action action) throws ApiProblem, KafkaUnavailable {
        JobServer.keys(request.body(), Set.of());
        return send(request, action, Map.of());
    }

    private ObjectNode rewind(ApiRequest request) throws ApiProblem, KafkaUnavailable {
        JobServer.keys(request.body(), Set.of("to", "rerun"));
        String to = request.body().path("to").asText();
        JsonNode rerun = request.body().path("rerun");
        try {
            RewindPoint.parse(to);
        } catch (IllegalArgumentException e) {
            throw new ApiProblem(400, "bad field", "'to': " + e.getMessage());
        }
        if (!rerun.isMissingNode() && !rerun.isBoolean()) {
            throw new ApiProblem(400, "bad field", "'rerun' must be true or false");
        }
        return send(request, Action.REWIND, Map.of("to", to, "rerun", Boolean.toString(rerun.asBoolean())));
    }

    private ObjectNode send(ApiRequest request, Action action, Map<String, String> parameters)
            throws ApiProblem, KafkaUnavailable {
        batch(pipeline, request.path("hippo"));
        String id = JobServer.newId();
        orders.send(new MissionCommand(
                id, pipeline.name(), request.path("hippo"), action, "", PartitionValues.WHOLE, parameters));
        return JsonNodeFactory.instance.objectNode().put("command_id", id);
    }
}
