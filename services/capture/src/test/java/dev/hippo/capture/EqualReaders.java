// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.capture.describe.GeneratedContracts;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.wire.PipelineTopics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Two hippos that capture the same tables, one with our own reader and one with Debezium's, and what they tell. */
final class EqualReaders {
    private static final List<String> READERS = List.of("native", "debezium");

    private final RunningCapture test;
    private final List<String> tables;

    private EqualReaders(RunningCapture test, List<String> tables) {
        this.test = test;
        this.tables = tables;
    }

    /**
     * Starts both, which read what is there.
     *
     * @param leftOut columns of the first table that are left out of its contract
     */
    static EqualReaders start(
            RunningCapture test, String url, String user, String password, List<String> tables, Set<String> leftOut)
            throws Exception {
        EqualReaders readers = new EqualReaders(test, tables);
        readers.write(url, user, password, leftOut);
        for (String reader : READERS) {
            test.new Running(reader);
        }
        return readers;
    }

    private void write(String url, String user, String password, Set<String> leftOut) throws Exception {
        Path folder = test.folder;
        List<SourceTable> described;
        try (ChangeSource source = Sources.toDescribe(url, user, password, tables)) {
            described = source.tables().stream()
                    .map(table -> new SourceTable(
                            table.schema(),
                            table.name(),
                            table.columns().stream()
                                    .filter(column -> !leftOut.contains(column.name()))
                                    .toList(),
                            table.key()))
                    .toList();
        }
        Files.writeString(
                folder.resolve("contracts/equal.proto"),
                GeneratedContracts.of("equal.v1", described).proto());
        StringBuilder topics = new StringBuilder("topics:\n");
        StringBuilder hippos = new StringBuilder("hippos:\n");
        for (String reader : READERS) {
            List<String> latest = new ArrayList<>();
            for (String table : tables) {
                SourceTable known = described.stream()
                        .filter(each -> each.fullName().equals(table))
                        .findFirst()
                        .orElseThrow();
                String topic = reader + "-" + known.name();
                latest.add(topic);
                topics.append("  ")
                        .append(topic)
                        .append(": {contract: equal.v1.")
                        .append(known.name().substring(0, 1).toUpperCase(Locale.ROOT))
                        .append(known.name().substring(1))
                        .append(", key: id, changelog: true}\n");
            }
            topics.append("  ")
                    .append(changesOf(reader))
                    .append(": {contract: hippo.change.v1.ChangeEvent, partitions: 1}\n");
            hippos.append("  ")
                    .append(reader)
                    .append(":\n    kind: db-etl\n    source: {")
                    .append(test.access())
                    .append(", reader: ")
                    .append(reader)
                    .append(", tables: [")
                    .append(String.join(", ", tables))
                    .append("], changes: ")
                    .append(changesOf(reader))
                    .append("}\n    publish: [")
                    .append(String.join(", ", latest))
                    .append("]\n");
        }
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, "pipeline: equal" + test.name + "\n" + topics + hippos);
        test.pipeline = PipelineFile.read(file, null, Map.of()).spec();
        PipelineTopics.ensure(test.pipeline, test.kafka, RunningCapture.LONG);
    }

    private String changesOf(String reader) {
        return "changes-" + reader + "-" + test.name;
    }

    /** Waits until both have told all rows that are there first. */
    void awaitRows(int count) {
        for (String reader : READERS) {
            await().atMost(RunningCapture.LONG)
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> told(reader).size() >= count);
        }
    }

    /** Waits until both have told so many changes, and compares them; gives them in words. */
    List<String> awaitEqual(int count) throws Exception {
        awaitRows(count);
        List<ChangeEvent> own = told("native");
        List<ChangeEvent> other = told("debezium");
        assertThat(words(other, false)).isEqualTo(words(own, false));
        assertThat(rows(other)).isEqualTo(rows(own));
        assertThat(bare(other)).isEqualTo(bare(own));
        return words(own, false);
    }

    private List<ChangeEvent> told(String reader) throws Exception {
        List<ChangeEvent> changes = new ArrayList<>();
        for (var record : test.records(changesOf(reader))) {
            changes.add(ChangeEvent.parseFrom(record.value()));
        }
        return changes;
    }

    /** The rows that were read first come in any order. */
    private Set<String> rows(List<ChangeEvent> changes) throws Exception {
        return new TreeSet<>(words(changes, true));
    }

    private List<ChangeEvent> bare(List<ChangeEvent> changes) {
        List<ChangeEvent> bare = new ArrayList<>();
        for (ChangeEvent change : changes) {
            if (change.getOp() != Op.READ) {
                ChangeEvent.Builder builder = change.toBuilder().clearCapturedAt();
                if (change.getTransaction().hasEnd()) {
                    builder.getTransactionBuilder().getEndBuilder().clear();
                }
                bare.add(builder.build());
            }
        }
        return bare;
    }

    private List<String> words(List<ChangeEvent> changes, boolean read) throws Exception {
        Map<String, Contract> contracts = new HashMap<>();
        List<String> words = new ArrayList<>();
        for (ChangeEvent change : changes) {
            if ((change.getOp() == Op.READ) == read) {
                Contract contract = contracts.get(change.getContract());
                if (contract == null) {
                    contract = test.pipeline
                            .contracts()
                            .contract(change.getContract())
                            .orElseThrow();
                    contracts.put(change.getContract(), contract);
                }
                words.add(change.getOp() + " " + change.getTable()
                        + (change.hasKey()
                                ? " [" + json(contract, change.getKey().toByteArray()) + "]"
                                : "")
                        + (change.hasBefore()
                                ? " was " + json(contract, change.getBefore().toByteArray())
                                : "")
                        + (change.hasAfter()
                                ? " is " + json(contract, change.getAfter().toByteArray())
                                : "")
                        + (change.getUnchangedCount() > 0 ? " unchanged " + change.getUnchangedList() : "")
                        + (change.getTransaction().hasEnd() ? " end" : ""));
            }
        }
        return words;
    }

    private static String json(Contract contract, byte[] message) throws Exception {
        return contract.json().toJson(message);
    }
}
