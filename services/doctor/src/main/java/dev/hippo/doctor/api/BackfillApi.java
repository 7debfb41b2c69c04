// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.backfill.Backfill;
import dev.hippo.doctor.backfill.PartitionRange;
import dev.hippo.doctor.feed.Orders;
import dev.hippo.doctor.store.HistoryReader;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Told;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.PartitionValues;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Orders missions for a range of partitions. Thread-safe. */
final class BackfillApi {
    private final PipelineSpec pipeline;
    private final HistoryReader history;
    private final Orders orders;

    BackfillApi(PipelineSpec pipeline, HistoryReader history, Orders orders) {
        this.pipeline = pipeline;
        this.history = history;
        this.orders = orders;
    }

    List<Route> routes() {
        return List.of(new Route("POST", "/backfill", List.of(), 202, this::backfill));
    }

    private ObjectNode backfill(ApiRequest request) throws ApiProblem, SQLException, KafkaUnavailable {
        ObjectNode body = request.body();
        JobServer.keys(body, Set.of("hippo", "column", "from", "to", "partitions", "parameters", "dry_run", "again"));
        String hippo = body.path("hippo").asText();
        Batch batch = RuleApi.batch(pipeline, hippo);
        List<PartitionValues> partitions = partitions(body, hippo, batch);
        boolean dryRun = flag(body, "dry_run");
        Backfill backfill = new Backfill(
                pipeline.name(),
                hippo,
                JobServer.texts(body, "parameters"),
                flag(body, "again") ? JobServer.newId() : "");
        List<Backfill.Item> items = backfill.plan(partitions, history);
        if (!dryRun) {
            backfill.start(items, orders);
        }
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("hippo_name", hippo)
                .put("dry_run", dryRun)
                .put("started", items.stream().filter(Backfill.Item::isNew).count())
                .put("existing", items.stream().filter(item -> !item.isNew()).count())
                .put("concurrency", batch.concurrency().missions());
        ArrayNode list = answer.putArray("partitions");
        items.forEach(item -> list.addObject()
                .put("partition", item.partition().toString())
                .put("mission_id", item.mission())
                .put("status", item.status()));
        return answer;
    }

    private static boolean flag(ObjectNode body, String name) throws ApiProblem {
        JsonNode flag = body.path(name);
        if (!flag.isMissingNode() && !flag.isBoolean()) {
            throw bad("'" + name + "' must be true or false");
        }
        return flag.asBoolean();
    }

    private static ApiProblem bad(String what) {
        return new ApiProblem(400, "bad field", what);
    }

    private List<PartitionValues> partitions(ObjectNode body, String hippo, Batch batch)
            throws ApiProblem, SQLException {
        boolean range = body.has("from") || body.has("to");
        if (range == body.has("partitions")) {
            throw bad("give either 'from' and 'to', or 'partitions'");
        }
        List<String> values = new ArrayList<>();
        if (range) {
            try {
                values.addAll(PartitionRange.values(
                        body.path("from").asText(), body.path("to").asText()));
            } catch (IllegalArgumentException e) {
                throw bad(String.valueOf(e.getMessage()));
            }
        } else {
            for (JsonNode value : body.path("partitions")) {
                if (!value.isTextual() || value.asText().isEmpty()) {
                    throw bad(
                            "'partitions' must be a list of texts, each the values of a partition with slashes between");
                }
                values.add(value.asText());
            }
        }
        if (values.isEmpty() || values.size() > PartitionRange.MOST) {
            throw bad("'partitions' must name from 1 to " + PartitionRange.MOST + " partitions, not " + values.size());
        }
        List<String> columns = columns(body.path("column").asText(), hippo, batch);
        List<PartitionValues> partitions = new ArrayList<>();
        for (String value : new LinkedHashSet<>(values)) {
            partitions.add(partition(value, columns));
        }
        return partitions;
    }

    /** As asked; else as the hippo's missions or rules name them; else none. */
    private List<String> columns(String asked, String hippo, Batch batch) throws SQLException {
        if (!asked.isEmpty()) {
            return List.of(asked.split("/", -1));
        }
        List<String> known = history.columns(hippo);
        if (!known.isEmpty()) {
            return known;
        }
        Set<String> named = new LinkedHashSet<>();
        for (RuleSpec rule : batch.rules()) {
            rule.conditions().forEach(condition -> {
                if (condition instanceof Told told) {
                    told.partition().keySet().forEach(column -> named.add(column.toLowerCase(Locale.ROOT)));
                }
            });
        }
        return named.size() == 1 ? List.copyOf(named) : List.of();
    }

    private static PartitionValues partition(String value, List<String> columns) throws ApiProblem {
        String[] parts = columns.size() > 1 ? value.split("/", -1) : new String[] {value};
        if (columns.size() > 1 && parts.length != columns.size()) {
            throw bad("'" + value + "' must have a value for each of " + columns
                    + ", with slashes between; or name other columns");
        }
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i++) {
            named.put(columns.isEmpty() ? "" : columns.get(i), parts[i]);
        }
        return new PartitionValues(named);
    }
}
