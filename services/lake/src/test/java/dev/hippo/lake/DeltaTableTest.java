// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.kit.HippoFailure;
import dev.hippo.lake.columns.Columns;
import dev.hippo.lake.columns.MessageColumn;
import io.delta.kernel.types.StructType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeltaTableTest {
    @TempDir
    Path folder;

    private Contract contract;
    private StructType schema;
    private String location = "";

    @BeforeEach
    void compile() throws Exception {
        Files.createDirectory(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/e.proto"), """
                syntax = "proto3";
                package e;
                message Event { string id = 1; int64 n = 2; }
                """);
        contract = ContractCompiler.compile(folder.resolve("contracts"))
                .contract("e.Event")
                .orElseThrow();
        schema = Columns.schema(contract.descriptor());
        location = folder.resolve("table").toString();
    }

    private DeltaTable table(String application) {
        return new DeltaTable(location, application, "events", InstantSource.system());
    }

    private DeltaTable opened(String application) throws Exception {
        DeltaTable table = table(application);
        table.open(schema, List.of(), Map.of());
        return table;
    }

    private TableChanges rows(String... ids) throws Exception {
        MessageColumn column = new MessageColumn(schema, contract.descriptor());
        for (String id : ids) {
            column.append(contract.json().toBytes("{\"id\": \"" + id + "\", \"n\": 1}"));
        }
        return new AppendedRows(List.of(new AppendedRows.Part(
                Map.of(), new RowBatch(schema, List.of(column.getChild(0), column.getChild(1)), ids.length))));
    }

    private static LakeState read(long offset) {
        return new LakeState(Map.of(0, offset), "notice " + offset);
    }

    private List<String> ids() throws Exception {
        return new TableReader(location).query("select id from t order by id");
    }

    @Test
    void whatHasBeenReadIsBackAfterTheTableIsOpenedAgain() throws Exception {
        DeltaTable first = table("app");
        assertThat(first.open(schema, List.of(), Map.of())).isEqualTo(LakeState.beginning());
        assertThat(first.commit(rows("a", "b"), version -> read(2)).version()).isEqualTo(1);
        assertThat(first.commit(rows("c"), version -> read(3))).isEqualTo(new DeltaTable.Commit(2, read(3)));
        assertThat(table("app").open(schema, List.of(), Map.of())).isEqualTo(read(3));
        assertThat(table("other").open(schema, List.of(), Map.of())).isEqualTo(LakeState.beginning());
        assertThat(ids()).containsExactly("a", "b", "c");
    }

    @Test
    void aWriterThatDiesBetweenWritingAndCommittingHasWrittenNothing() throws Exception {
        DeltaTable first = opened("app");
        first.commit(rows("a"), version -> read(1));
        assertThatThrownBy(() -> first.commit(rows("b"), version -> {
                    throw new IllegalStateException("killed");
                }))
                .hasMessage("killed");
        TableReader reader = new TableReader(location);
        assertThat(reader.files()).hasSize(2);
        assertThat(reader.liveFiles()).hasSize(1);
        DeltaTable second = table("app");
        assertThat(second.open(schema, List.of(), Map.of())).isEqualTo(read(1));
        second.commit(rows("b", "c"), version -> read(3));
        assertThat(ids()).containsExactly("a", "b", "c");
    }

    @Test
    void anothersCommitInBetweenDoesNotStopTheWriter() throws Exception {
        DeltaTable ours = opened("app");
        DeltaTable others = opened("other");
        List<Long> versions = new ArrayList<>();
        long version = ours.commit(rows("a"), next -> {
                    versions.add(next);
                    if (versions.size() == 1) {
                        commit(others, "b");
                    }
                    return read(1);
                })
                .version();
        assertThat(versions).containsExactly(1L, 2L);
        assertThat(version).isEqualTo(2);
        assertThat(ids()).containsExactly("a", "b");
        assertThat(ours.commit(rows("c"), next -> read(2)).version()).isEqualTo(3);
        assertThat(new TableReader(location).files()).hasSize(3);
    }

    @Test
    void aTwinThatCommitsInBetweenFencesTheWriter() throws Exception {
        DeltaTable ours = opened("app");
        DeltaTable twin = opened("app");
        assertThatThrownBy(() -> ours.commit(rows("a"), next -> {
                    commit(twin, "a");
                    return read(1);
                }))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("another process has written")
                .hasMessageContaining("nothing of this commit is in the table");
        assertThat(ids()).containsExactly("a");
        assertThatThrownBy(() -> ours.commit(rows("b"), next -> read(1))).isInstanceOf(HippoFailure.class);
        assertThat(ids()).containsExactly("a");
    }

    private void commit(DeltaTable table, String id) {
        try {
            table.commit(rows(id), version -> read(1));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void ofTwoThatCommitAtTheSameTimeNothingIsLost() throws Exception {
        opened("app0");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String name = "app" + i;
            running.add(threads.submit(() -> {
                DeltaTable table = opened(name);
                for (int n = 0; n < 15; n++) {
                    long offset = n;
                    table.commit(rows(name + "-" + n), version -> read(offset));
                }
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        threads.shutdown();
        assertThat(ids()).hasSize(30).doesNotHaveDuplicates();
        assertThat(new TableReader(location).actions("txn")).hasSize(30);
    }

    @Test
    void theTableAsksNothingOfAReader() throws Exception {
        DeltaTable table = opened("app");
        for (int n = 0; n < 12; n++) {
            long offset = n;
            table.commit(rows("r" + n), version -> read(offset));
        }
        TableReader reader = new TableReader(location);
        assertThat(reader.actions("protocol")).singleElement().satisfies(protocol -> {
            assertThat(protocol.path("minReaderVersion").asInt()).isEqualTo(1);
            assertThat(protocol.has("readerFeatures")).isFalse();
            assertThat(protocol.path("writerFeatures"))
                    .extracting(JsonNode::asText)
                    .isSubsetOf("domainMetadata", "appendOnly", "invariants");
        });
        assertThat(reader.actions("metaData").get(0).path("configuration")).isEmpty();
        assertThat(reader.actions("add"))
                .allSatisfy(add -> assertThat(add.path("stats").asText()).contains("\"numRecords\":1"));
        assertThat(Path.of(location, "_delta_log/00000000000000000010.checkpoint.parquet"))
                .exists();
        assertThat(table("app").open(schema, List.of(), Map.of())).isEqualTo(read(11));
        assertThat(ids()).hasSize(12);
    }

    @Test
    void aTableOfAnotherTopicOrPartitioningIsRefused() throws Exception {
        opened("app").commit(rows("a"), version -> read(1));
        assertThatThrownBy(() -> new DeltaTable(location, "app", "others", InstantSource.system())
                        .open(schema, List.of(), Map.of()))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("from topic 'events', not from 'others'");
        assertThatThrownBy(() -> table("app").open(schema, List.of("id"), Map.of()))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("is partitioned by []");
    }
}
