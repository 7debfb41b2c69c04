// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.contracts.ContractCompiler;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the check says of a step's file; nothing runs. */
class CheckTest {
    private static final String PIPELINE = """
            topics:
              orders: {contract: shop.v1.Order, key: order_id, time: at}
              totals: {contract: shop.v1.Total, key: product, changelog: true}
            hippos:
              step: {subscribe: orders, publish: totals, sql: step.sql}
            """;

    @TempDir
    Path folder;

    private List<Finding> findings() throws Exception {
        PipelineSpec pipeline =
                Objects.requireNonNull(PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                        .spec());
        return Check.findings(pipeline, ContractCompiler.compile(pipeline.contractsFolder()));
    }

    @Test
    void aWrongWordIsToldAtItsPlace() throws Exception {
        Step.write(folder, "shop", PIPELINE, "SELECT product, 1 AS amount, 1 AS orders\nFORM orders\n");
        assertThat(findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString())
                        .startsWith("step.sql:2:1: error: ")
                        .contains("FORM"));
    }

    @Test
    void eachFieldOfAKeyHasToBeGiven() throws Exception {
        Step.write(
                folder,
                "shop",
                PIPELINE.replace("key: product,", "key: [product, orders],"),
                "SELECT product, SUM(amount) AS amount FROM orders GROUP BY product");
        assertThat(findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.toString())
                        .contains("error: the query gives no 'orders', part of the key of topic 'totals'"));
    }

    @Test
    void aFileThatIsNotUtf8IsToldAsSuch() throws Exception {
        Step.write(folder, "shop", PIPELINE, "");
        Files.write(folder.resolve("step.sql"), "SELECT 'é' AS product".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(findings())
                .singleElement()
                .hasToString("step.sql:1:1: error: the file is not UTF-8 text; save it as UTF-8");
    }
}
