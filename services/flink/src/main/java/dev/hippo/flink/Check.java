// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoArguments;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Plans the SQL of every Flink step of a pipeline and prints what is wrong as a JSON array of findings. Starts nothing. */
public final class Check {
    private Check() {}

    public static void main(String[] args) throws IOException {
        ServiceLog.silent();
        ArrayNode findings = JsonNodeFactory.instance.arrayNode();
        try {
            PipelineSpec pipeline = HippoProcess.pipeline(HippoArguments.parse(args));
            ContractCatalog contracts = HippoProcess.contracts(pipeline);
            for (HippoSpec hippo : pipeline.hippos().values()) {
                if (hippo.settings() instanceof HippoSettings.Flink settings) {
                    check(pipeline, hippo, settings, contracts, findings);
                }
            }
        } catch (HippoFailure e) {
            System.err.println(e.getMessage());
            Runtime.getRuntime().halt(2);
        }
        System.out.println(findings);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void check(
            PipelineSpec pipeline,
            HippoSpec hippo,
            HippoSettings.Flink settings,
            ContractCatalog contracts,
            ArrayNode findings)
            throws IOException {
        TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.newInstance()
                .inStreamingMode()
                .withConfiguration(StepConfiguration.forPlanning(settings))
                .build());
        StepPlan plan = new StepPlan(pipeline, hippo, contracts, Map.of("bootstrap.servers", "127.0.0.1:1"), tables);
        try {
            plan.createTables();
            plan.statements();
        } catch (StepMistake e) {
            Path shown = pipeline.folder().relativize(settings.sql());
            findings.addObject()
                    .put("file", shown.toString())
                    .put("line", e.line())
                    .put("column", e.column())
                    .put("severity", "ERROR")
                    .put("message", e.getMessage())
                    .put("hint", "");
        }
    }
}
