// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.StatusReader;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicOffsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How topics and tables are. Thread-safe. */
final class DataApi {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final PipelineSpec pipeline;
    private final StatusReader status;
    private final KafkaConnection kafka;
    private final InstantSource clock;

    DataApi(PipelineSpec pipeline, StatusReader status, KafkaConnection kafka, InstantSource clock) {
        this.pipeline = pipeline;
        this.status = status;
        this.kafka = kafka;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/topics", List.of(), 200, request -> topics()),
                new Route("GET", "/tables/{name}", List.of("db"), 200, this::table));
    }

    private ObjectNode topics() throws KafkaUnavailable {
        Set<String> names = new TreeSet<>(ControlTopics.all());
        names.addAll(pipeline.topics().keySet());
        pipeline.hippos().values().forEach(hippo -> {
            if (hippo.settings() instanceof Batch batch) {
                names.addAll(batch.topics());
                names.add(Batch.REJECTED_TOPIC);
            }
        });
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode list = answer.putArray("topics");
        for (TopicOffsets topic : TopicOffsets.read(kafka, names, PATIENCE)) {
            ObjectNode json = list.addObject()
                    .put("topic", topic.topic())
                    .put("partitions", topic.partitions())
                    .put("first", topic.first())
                    .put("end", topic.end());
            if (pipeline.topics().containsKey(topic.topic())) {
                json.put("contract", pipeline.topic(topic.topic()).contract());
            }
            ArrayNode groups = json.putArray("groups");
            for (Map.Entry<String, Long> group : new TreeMap<>(topic.lag()).entrySet()) {
                groups.addObject().put("group", group.getKey()).put("lag", group.getValue());
            }
        }
        return answer;
    }

    private ObjectNode table(ApiRequest request) throws ApiProblem, SQLException {
        String name = request.path("name");
        String db = request.query("db");
        List<ObjectNode> found = status.tables(db, name, clock.instant());
        if (found.isEmpty()) {
            throw new ApiProblem(
                    404,
                    "no such table",
                    "nothing was heard of a table '" + name + "'" + (db == null ? "" : " of database '" + db + "'")
                            + "; "
                            + Suggestion.hint(name, status.tableNames()));
        }
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray("tables").addAll(found);
        return answer;
    }
}
