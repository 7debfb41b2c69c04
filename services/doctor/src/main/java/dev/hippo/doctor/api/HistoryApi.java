// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.doctor.store.MissionFilter;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Schedule;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.why.Evidence;
import dev.hippo.wire.why.EvidenceReader;
import dev.hippo.wire.why.Why;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** What starts missions, and what a partition has gone through. Thread-safe. */
final class HistoryApi {
    private static final int NEXT_RUNS = 3;
    private static final int HINTS = 5;

    private final PipelineSpec pipeline;
    private final StatusReader status;
    private final HistoryReader history;
    private final KafkaConnection kafka;
    private final InstantSource clock;

    HistoryApi(
            PipelineSpec pipeline,
            StatusReader status,
            HistoryReader history,
            KafkaConnection kafka,
            InstantSource clock) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.status = status;
        this.history = history;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/rules", List.of("hippo"), 200, this::rules),
                new Route("GET", "/why", List.of("hippo", "partition"), 200, this::why),
                new Route("GET", "/trace", List.of("table", "partition", "db"), 200, this::trace));
    }

    private ObjectNode rules(ApiRequest request) throws ApiProblem, SQLException {
        String only = request.query("hippo");
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("hippos");
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof Batch batch && (only == null || only.equals(hippo.name()))) {
                rules(hippo.name(), batch, list.addObject());
            }
        }
        if (only != null && list.isEmpty()) {
            throw noSuchHippo(only);
        }
        return answer;
    }

    private ApiProblem noSuchHippo(String name) {
        return new ApiProblem(
                404,
                "no such hippo",
                "no hippo '" + name + "' runs missions; "
                        + Suggestion.hint(name, pipeline.hippos().keySet()));
    }

    private ObjectNode why(ApiRequest request) throws ApiProblem, KafkaUnavailable {
        String asked = request.query("hippo");
        HippoSpec hippo = asked == null ? null : pipeline.hippos().get(asked);
        if (hippo == null || !(hippo.settings() instanceof Batch batch)) {
            throw noSuchHippo(asked == null ? "" : asked);
        }
        String values = request.query("partition");
        String partition = values == null ? "" : values;
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("answers");
        Evidence evidence = EvidenceReader.read(kafka, pipeline.name(), hippo, partition, clock.instant());
        for (Why.Answer each : Why.answer(pipeline.name(), hippo, batch.rules(), partition, evidence)) {
            list.addObject()
                    .put("verdict", each.verdict().word())
                    .put("about", each.about())
                    .put("text", each.text());
        }
        return answer;
    }

    private void rules(String hippo, Batch batch, ObjectNode into) throws SQLException {
        into.put("hippo_name", hippo);
        into.put("repeat", batch.repeat().name().toLowerCase(java.util.Locale.ROOT));
        into.put("concurrency", batch.concurrency());
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

    private ObjectNode trace(ApiRequest request) throws ApiProblem, SQLException {
        String table = request.query("table");
        if (table == null || table.isEmpty()) {
            throw new ApiProblem(400, "missing parameter", "'table' must name a table");
        }
        String asked = request.query("partition");
        String partition = asked == null ? "" : asked;
        Optional<ObjectNode> trace = Trace.of(history, request.query("db"), table, partition);
        return trace.orElseThrow(() -> new ApiProblem(404, "nothing heard", unheard(table, partition)));
    }

    private String unheard(String table, String partition) {
        String what = "no message and no mission was heard of "
                + (partition.isEmpty() ? "the whole of table '" : "partition '" + partition + "' of table '") + table
                + "'";
        try {
            List<String> partitions = history.partitions(table, HINTS);
            return what
                    + (partitions.isEmpty()
                            ? hint(Suggestion.hint(table, history.tables()))
                            : "; its last are " + String.join(", ", partitions));
        } catch (SQLException e) {
            return what;
        }
    }

    private static String hint(String text) {
        return text.isEmpty() ? "" : "; " + text;
    }
}
