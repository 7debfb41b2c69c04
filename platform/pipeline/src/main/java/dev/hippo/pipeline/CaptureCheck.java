// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.Finding.Severity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Whether the topics of a db-etl can take, or tell, what it brings. */
final class CaptureCheck {
    private static final Set<FieldDescriptor.Type> FILLED = EnumSet.of(
            FieldDescriptor.Type.BOOL,
            FieldDescriptor.Type.INT32,
            FieldDescriptor.Type.INT64,
            FieldDescriptor.Type.UINT32,
            FieldDescriptor.Type.UINT64,
            FieldDescriptor.Type.FLOAT,
            FieldDescriptor.Type.DOUBLE,
            FieldDescriptor.Type.STRING,
            FieldDescriptor.Type.BYTES);

    private final PipelineSpec pipeline;
    private final ContractCatalog contracts;
    private final Marks marks;
    private final List<Finding> findings = new ArrayList<>();
    /** Which hippo writes a table, by the database's address and the table. */
    private final Map<String, String> writers = new HashMap<>();

    CaptureCheck(PipelineSpec pipeline, ContractCatalog contracts, Marks marks) {
        this.pipeline = pipeline;
        this.contracts = contracts;
        this.marks = marks;
    }

    List<Finding> run() {
        pipeline.topics().values().stream()
                .filter(topic -> !topic.tables().isEmpty())
                .forEach(this::ownChanges);
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Capture capture) {
                capture(capture, "hippos/" + hippo.name());
                capture.mappings()
                        .forEach((table, mapping) ->
                                mapped(mapping, capture, table, CaptureReader.place(hippo.name(), table)));
            } else if (hippo.settings() instanceof HippoSettings.Destination destination) {
                destination(hippo, destination);
            }
        }
        return findings;
    }

    private void error(String path, String message, String hint) {
        findings.add(marks.finding(path, Severity.ERROR, message, hint));
    }

    /** A topic to which an application writes all changes of its own tables. */
    private void ownChanges(TopicSpec topic) {
        String path = "topics/" + topic.name() + "/tables";
        if (pipeline.captureOf(topic.name()).isPresent()) {
            error(
                    path,
                    "the changes of topic '" + topic.name() + "' are those of a 'source', which says its tables itself",
                    "take 'tables' away");
            return;
        }
        String contract = ChangeEvent.getDescriptor().getFullName();
        if (!topic.contract().equals(contract)) {
            error(
                    path,
                    "an application tells the changes of its tables as " + contract + ", and topic '" + topic.name()
                            + "' has contract '" + topic.contract() + "'",
                    "declare it with contract: " + contract);
            return;
        }
        changes(topic, topic.tables().size(), path);
        topic.tables().values().forEach(latest -> {
            if (!pipeline.topics().containsKey(latest)) {
                error(
                        path,
                        "there is no topic '" + latest + "'",
                        Suggestion.hint(latest, pipeline.topics().keySet()));
            } else {
                ownRows(latest, path);
            }
        });
    }

    private void ownRows(String name, String path) {
        TopicSpec topic = pipeline.topic(name);
        if (!topic.changelog() || topic.key().isEmpty()) {
            error(
                    path,
                    "topic '" + name + "' is no changelog with a key, by which a table's rows could be found",
                    "give it changelog: true and key: the field, or a list of the fields, that a row is known by");
        }
    }

    private void capture(HippoSettings.Capture capture, String path) {
        capture.topics().values().forEach(topic -> changelog(path + "/publish/", topic, "takes"));
        if (capture.pull() != null) {
            capture.topics().values().forEach(topic -> scanned(path + "/publish/", topic));
        }
        TopicSpec changes = pipeline.topics().get(capture.changes());
        if (changes != null) {
            changes(changes, capture.tables().size(), path + "/publish/" + changes.name());
        }
    }

    /** Whether what is said of a table's rows fits its contract. */
    private void mapped(RowMapping mapping, HippoSettings.Capture capture, String table, String path) {
        TopicSpec topic = pipeline.topics().get(capture.topics().getOrDefault(table, ""));
        String name = topic == null ? mapping.contract() : topic.contract();
        Optional<Contract> contract = contracts.contract(name);
        if (contract.isEmpty() && topic == null && !name.isEmpty()) {
            error(
                    path + "/contract",
                    "contract '" + name + "' is not in the contracts folder",
                    Suggestion.hint(name, contracts.names()));
        }
        contract.ifPresent(found -> mapped(mapping, found.descriptor(), topic == null ? List.of() : topic.key(), path));
    }

    private void mapped(RowMapping mapping, Descriptor contract, List<String> key, String path) {
        mapping.where().forEach((field, text) -> {
            try {
                FieldCondition.of(contract, field, text);
            } catch (IllegalArgumentException e) {
                error(path + "/where", String.valueOf(e.getMessage()), "");
            }
        });
        List<String> taken = new ArrayList<>();
        new TreeMap<>(mapping.rename()).forEach((column, field) -> {
            if (path(() -> FieldPath.forColumn(contract, field), path + "/rename")
                    .isEmpty()) {
                return;
            }
            if (key.contains(field) || key.contains(column)) {
                error(
                        path + "/rename",
                        "field '" + (key.contains(field) ? field : column)
                                + "' is part of the key, whose columns keep their names",
                        key.contains(field) ? "name the field '" + column + "'" : "take '" + column + "' away");
            } else if (taken.contains(field)) {
                error(path + "/rename", "two columns become field '" + field + "'", "");
            } else if (taken.stream()
                    .anyMatch(other -> FieldPath.holds(other, field) || FieldPath.holds(field, other))) {
                error(path + "/rename", "a column becomes field '" + field + "', and another a part of it", "");
            }
            taken.add(field);
        });
        for (String field : mapping.mask().keySet()) {
            Optional<FieldPath> found = path(() -> FieldPath.of(contract, field), path + "/mask");
            if (found.isEmpty()) {
                continue;
            }
            if (found.get().last().getType() != FieldDescriptor.Type.STRING) {
                error(
                        path + "/mask",
                        "field '" + field + "' is no text",
                        "take the field out of the contract, and its column is not told at all");
            } else if (key.contains(field)) {
                error(
                        path + "/mask",
                        "field '" + field + "' is part of the key by which rows are found",
                        "give the table another key, or let it be told");
            } else if (mapping.where().containsKey(field)) {
                error(
                        path + "/mask",
                        "field '" + field + "' is masked, and 'where' asks for what it was",
                        "ask for another field in 'where'");
            }
        }
    }

    private Optional<FieldPath> path(Supplier<FieldPath> found, String place) {
        try {
            return Optional.of(found.get());
        } catch (IllegalArgumentException e) {
            error(place, String.valueOf(e.getMessage()), "");
            return Optional.empty();
        }
    }

    /** A scan gives values, not messages in messages. */
    private void scanned(String path, String name) {
        TopicSpec topic = pipeline.topics().get(name);
        contracts
                .contract(topic == null ? "" : topic.contract())
                .map(Contract::descriptor)
                .ifPresent(contract -> contract.getFields().stream()
                        .filter(field -> !isFilled(field))
                        .forEach(field -> error(
                                path + name,
                                "field '" + field.getName() + "' of '" + contract.getFullName()
                                        + "' cannot be filled by a scan",
                                "make it bool, int32, int64, uint32, uint64, float, double, string, bytes or"
                                        + " google.protobuf.Timestamp, or a list of these")));
    }

    private static boolean isFilled(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.MESSAGE
                ? field.getMessageType()
                        .getFullName()
                        .equals(Timestamp.getDescriptor().getFullName())
                : FILLED.contains(field.getType());
    }

    private void changelog(String path, String name, String does) {
        TopicSpec topic = pipeline.topics().get(name);
        if (topic != null && (!topic.changelog() || topic.key().isEmpty())) {
            error(
                    path + name,
                    "topic '" + name + "' " + does + " the latest rows of a table and is no changelog with a key",
                    "give it changelog: true and key: the table's key column, or a list of its key columns");
        }
    }

    private void destination(HippoSpec hippo, HippoSettings.Destination destination) {
        String path = "hippos/" + hippo.name();
        if (destination.whole()) {
            hippo.subscribe()
                    .forEach(topic -> copied(topic, destination.copies().keySet(), path));
        } else {
            hippo.subscribe().forEach(topic -> latestRows(path + "/subscribe/", topic));
        }
        List<String> tables = new ArrayList<>(destination.tables().values());
        tables.addAll(destination.copies().values());
        for (String table : tables) {
            String before = writers.putIfAbsent(destination.url() + " " + table, hippo.name());
            if (before != null) {
                error(
                        path + "/destination",
                        "table '" + table + "' of that database is written by '" + before + "' already",
                        "a table holds the rows of one topic");
            }
        }
    }

    private void latestRows(String path, String topic) {
        if (pipeline.changedTables(topic).isPresent()) {
            error(
                    path + topic,
                    "topic '" + topic + "' tells all changes, and not the latest rows of one table",
                    "say which table goes where, and its transactions are applied whole: tables: {TABLE: SCHEMA.TABLE}");
        } else {
            changelog(path, topic, "is to tell");
        }
    }

    private void copied(String topic, Set<String> copied, String path) {
        Optional<Map<String, String>> tables = pipeline.changedTables(topic);
        Optional<HippoSettings.Capture> capture = pipeline.captureOf(topic);
        if (pipeline.topics().containsKey(topic) && tables.isEmpty()) {
            error(
                    path + "/subscribe/" + topic,
                    "topic '" + topic
                            + "' is no topic of all changes: no db-etl of this pipeline names it as 'changes'",
                    "give the 'source' that reads the database changes: " + topic
                            + ", or the topic tables: {TABLE: CHANGELOG_TOPIC} if an application writes it, or make 'tables' a list of a table for each changelog topic");
        }
        if (tables.isPresent() && capture.isEmpty()) {
            copied.stream()
                    .filter(table -> !tables.get().containsKey(table))
                    .forEach(table -> error(
                            path + "/destination",
                            "table '" + table + "' is not one of those that topic '" + topic + "' tells of",
                            Suggestion.hint(table, tables.get().keySet())));
        }
        for (String table : copied) {
            if (capture.isPresent() && !capture.get().tables().contains(table)) {
                error(
                        path + "/destination",
                        "table '" + table + "' is not captured into topic '" + topic + "'",
                        Suggestion.hint(table, capture.get().tables()));
            } else if (capture.isPresent() && !capture.get().topics().containsKey(table)) {
                error(
                        path + "/destination",
                        "table '" + table + "' is told without a key, by which a copy of it could be changed",
                        "take it away, or give it a topic of its latest rows");
            }
        }
    }

    private void changes(TopicSpec topic, int tables, String path) {
        if (topic.changelog() || !topic.key().isEmpty() || topic.partitions() != 1) {
            error(
                    path,
                    "topic '" + topic.name() + "' cannot keep all changes in their order",
                    "declare it with partitions: 1, without a key and not as a changelog");
        }
        contracts
                .contract(topic.contract())
                .map(Contract::descriptor)
                .filter(contract ->
                        !ChangeContract.fits(contract) || (tables > 1 && ChangeContract.isOfOneTable(contract)))
                .ifPresent(contract -> error(
                        path,
                        "contract '" + topic.contract() + "' does not read the changes of "
                                + (tables > 1 ? tables + " tables" : "a table"),
                        "declare the topic with contract: "
                                + ChangeEvent.getDescriptor().getFullName()
                                + ", or for a single table with one that has some of its fields"));
    }
}
