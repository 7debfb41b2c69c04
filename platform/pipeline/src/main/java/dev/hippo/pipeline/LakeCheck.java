// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.PartitionColumn.Transform;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether the tables of lake writers can hold what comes: what is appended, the latest rows of a changelog, or the history of a source's table. */
final class LakeCheck {
    /** What a history has beside the columns of the contract. */
    private static final List<String> HISTORY_COLUMNS =
            List.of("_op", "_transaction", "_order", "_committed_at", "_captured_at", "_offset");

    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final Marks marks;
    private final List<Finding> findings = new ArrayList<>();
    /** Tables that say how long replaced files are kept, and of which none was found yet to have any. */
    private final Set<String> keeping = new LinkedHashSet<>();

    LakeCheck(PipelineSpec pipeline, ContractCatalog contracts, Marks marks) {
        this.pipeline = pipeline;
        this.contracts = contracts;
        this.marks = marks;
    }

    List<Finding> run() {
        pipeline.tables().values().stream()
                .filter(table -> table.keep() != null)
                .forEach(table -> keeping.add(table.name()));
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Lake settings) {
                lake(hippo, settings, "hippos/" + hippo.name());
            }
        }
        for (String table : keeping) {
            error(
                    "tables/" + table + "/keep",
                    "'keep' says nothing for table '" + table + "', which only grows",
                    "it is for the table of a changelog topic's latest rows, whose files are replaced");
        }
        return findings;
    }

    private void error(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.ERROR, message, hint));
    }

    private void lake(HippoSpec hippo, HippoSettings.Lake settings, String path) {
        if (hippo.subscribe().size() != 1 || hippo.write().size() != 1) {
            error(path, "a lake writer lands one topic in one table", "make one hippo for each topic");
            return;
        }
        TopicSpec topic = pipeline.topics().get(hippo.subscribe().get(0));
        TableSpec table = pipeline.tables().get(hippo.write().get(0));
        if (topic == null || table == null) {
            return;
        }
        if (settings.isHistory()) {
            history(topic, table, settings.source(), path);
            return;
        }
        if (!topic.contract().equals(table.contract())) {
            error(
                    path + "/write/" + table.name(),
                    "topic '" + topic.name() + "' has contract " + topic.contract() + ", table '" + table.name()
                            + "' has " + table.contract(),
                    "a table holds what its topic holds");
        }
        if (topic.changelog()) {
            keeping.remove(table.name());
            latestRows(topic, table);
        }
    }

    /** A record without a value has only its key to tell where its row is. */
    private void latestRows(TopicSpec topic, TableSpec table) {
        for (PartitionColumn column : table.partitionBy()) {
            if (column.transform() != Transform.IDENTITY || !topic.key().contains(column.field())) {
                error(
                        "tables/" + table.name() + "/partitionBy",
                        "table '" + table.name() + "' has the latest rows of topic '" + topic.name()
                                + "' and cannot be partitioned by '" + column.name()
                                + "': a deleted row tells only its key "
                                + topic.key(),
                        "partition it by fields of the key, as they are, or take 'partitionBy' away");
            }
        }
    }

    private void history(TopicSpec topic, TableSpec table, String source, String path) {
        HippoSettings.Capture capture = pipeline.captureOf(topic.name()).orElse(null);
        Map<String, String> tables = pipeline.changedTables(topic.name()).orElse(null);
        if (tables == null) {
            error(
                    path + "/subscribe/" + topic.name(),
                    "topic '" + topic.name()
                            + "' is no topic of all changes: no db-etl of this pipeline names it as 'changes'",
                    "give the 'source' that reads the database changes: " + topic.name()
                            + ", or the topic tables: {TABLE: CHANGELOG_TOPIC} if an application writes it, or let 'write' be the name of the table");
            return;
        }
        Collection<String> told = capture == null ? tables.keySet() : capture.tables();
        if (!told.contains(source)) {
            error(
                    path + "/write",
                    "table '" + source + "' is not "
                            + (capture == null ? "one of those of topic '" : "captured into topic '") + topic.name()
                            + "'",
                    Suggestion.hint(source, told));
        }
        TopicSpec latest = pipeline.topics().get(tables.getOrDefault(source, ""));
        String own = capture == null ? "" : capture.mapping(source).contract();
        String contract = latest == null ? own : latest.contract();
        if (!contract.isEmpty() && !contract.equals(table.contract())) {
            error(
                    path + "/write/" + table.name(),
                    "the rows of '" + source + "' have contract " + contract + ", table '" + table.name() + "' has "
                            + table.contract(),
                    "give the table the contract of "
                            + (latest == null ? "that table" : "topic '" + latest.name() + "'"));
        }
        if (table.headers()) {
            error(
                    "tables/" + table.name() + "/headers",
                    "a table of a history has columns of its own that say where a change came from",
                    "take 'headers' away");
        }
        contracts
                .contract(table.contract())
                .map(Contract::descriptor)
                .ifPresent(rows -> HISTORY_COLUMNS.stream()
                        .filter(column -> rows.findFieldByName(column) != null)
                        .forEach(column -> error(
                                "tables/" + table.name() + "/contract",
                                "the contract has a field '" + column + "', which a history has as a column of its own",
                                "give the field another name")));
    }
}
