// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.describe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contracts made of tables. */
class GeneratedContractsTest {
    @TempDir
    Path folder;

    private static Column column(String name, ColumnType type, boolean nullable) {
        return new Column(name, type, false, nullable, "as declared");
    }

    private static SourceTable table(String schema, String name, List<String> key, Column... more) {
        List<Column> columns = new ArrayList<>(List.of(column("id", ColumnType.INT64, false)));
        columns.addAll(List.of(more));
        return new SourceTable(schema, name, columns, key);
    }

    @Test
    void aContractOfEveryTypeOfColumnFitsItsTableAndThePipelineIsWhole() throws Exception {
        List<Column> columns = new ArrayList<>();
        for (ColumnType type : ColumnType.values()) {
            String name = "c_" + type.name().toLowerCase(java.util.Locale.ROOT);
            columns.add(column(name, type, true));
            columns.add(new Column(name + "_list", type, true, true, "as declared"));
        }
        SourceTable types = table("shop", "all_types", List.of("id"), columns.toArray(new Column[0]));
        SourceTable other = table("shop", "order-lines 2", List.of("id"));
        GeneratedContracts made = GeneratedContracts.of("shop.v1", List.of(types, other));
        assertThat(made.notes()).isEmpty();
        Files.createDirectories(folder.resolve("contracts/shop"));
        Files.writeString(folder.resolve("contracts/shop/v1.proto"), made.proto());
        ContractCatalog contracts = ContractCompiler.compile(folder.resolve("contracts"));
        assertThat(ContractMapping.of(
                                types,
                                contracts
                                        .contract("shop.v1.AllTypes")
                                        .orElseThrow()
                                        .descriptor())
                        .problems())
                .isEmpty();
        assertThat(contracts.contract("shop.v1.OrderLines2")).isPresent();

        Path file = folder.resolve("pipeline.yaml");
        String yaml = made.yaml("jdbc:postgresql://h/d?password=x", "me \"too\"");
        assertThat(yaml).doesNotContain("password=x");
        Files.writeString(file, "pipeline: shop\n" + yaml);
        assertThat(PipelineCheck.of(PipelineFile.read(file, null, Map.of("HIPPO_SECRET_DATABASE", "x")))
                        .findings())
                .isEmpty();
    }

    @Test
    void tablesOfOneNameAreToldApartAndWhatCannotBeCarriedOverIsTold() {
        GeneratedContracts made = GeneratedContracts.of(
                "v1",
                List.of(
                        table("a", "t", List.of("id")),
                        table("b", "t", List.of(), column("odd name", ColumnType.TEXT, true)),
                        table("c", "pair", List.of("id", "n"), column("n", ColumnType.INT32, false))));
        assertThat(made.proto())
                .contains("message AT {", "message BT {", "message Pair {", "  int64 id = 1; // as declared\n")
                .doesNotContain("odd name");
        assertThat(made.yaml("jdbc:mariadb://h/", ""))
                .contains(
                        "at: {contract: v1.AT, key: id, changelog: true}",
                        "pair: {contract: v1.Pair, key: [id, n], changelog: true}")
                .doesNotContain("user");
        assertThat(made.notes())
                .containsExactly(
                        "column 'odd name' of b.t cannot be the name of a field and is left out; name a field in its place, and say so in the pipeline file: tables: {b.t: {rename: {\"odd name\": FIELD}}}",
                        "table b.t has no key that fields could be, and so no topic of latest rows; to have it told among all changes, write tables: {b.t: {contract: NAME}} and changes: TOPIC");
    }
}
