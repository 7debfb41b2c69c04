// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.why.Evidence;
import dev.hippo.wire.why.EvidenceReader;
import dev.hippo.wire.why.Why;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Why a mission has started or has not, and what a partition has gone through. Thread-safe. */
final class HistoryApi {
    private static final int HINTS = 5;

    private final PipelineSpec pipeline;
    private final HistoryReader history;
    private final KafkaConnection kafka;
    private final InstantSource clock;

    HistoryApi(PipelineSpec pipeline, HistoryReader history, KafkaConnection kafka, InstantSource clock) {
        this.pipeline = pipeline;
        this.kafka = kafka;
        this.history = history;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/why", List.of("hippo", "partition"), 200, this::why),
                new Route("GET", "/trace", List.of("table", "partition", "db"), 200, this::trace));
    }

    private ObjectNode why(ApiRequest request) throws ApiProblem, KafkaUnavailable {
        String asked = request.query("hippo");
        Batch batch = RuleApi.batch(pipeline, asked == null ? "" : asked);
        HippoSpec hippo = pipeline.hippos().get(asked == null ? "" : asked);
        if (hippo == null) {
            throw new IllegalStateException("'" + asked + "' runs missions and is no hippo");
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
