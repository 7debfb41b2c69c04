// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.flink.sql.StepPlan;
import dev.hippo.flink.topic.TopicBinding;
import dev.hippo.kit.HippoArguments;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Plans the SQL of every Flink step of a pipeline and prints what is wrong as a JSON array of findings. Starts nothing. */
public final class Check {
    private Check() {}

    public static void main(String[] args) throws IOException {
        ServiceLog.silent();
        ArrayNode shown = JsonNodeFactory.instance.arrayNode();
        try {
            PipelineSpec pipeline = HippoProcess.pipeline(HippoArguments.parse(args));
            for (Finding finding : findings(pipeline, HippoProcess.contracts(pipeline))) {
                shown.addObject()
                        .put("file", finding.file())
                        .put("line", finding.line())
                        .put("column", finding.column())
                        .put("severity", finding.severity().name())
                        .put("message", finding.message())
                        .put("hint", finding.hint());
            }
        } catch (HippoFailure e) {
            System.err.println(e.getMessage());
            Runtime.getRuntime().halt(2);
        }
        System.out.println(shown);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** All findings of all Flink steps; files are relative to the pipeline's folder. */
    static List<Finding> findings(PipelineSpec pipeline, ContractCatalog contracts) throws IOException {
        List<Finding> findings = new ArrayList<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Flink settings) {
                TableEnvironment tables = TableEnvironment.create(EnvironmentSettings.newInstance()
                        .inStreamingMode()
                        .withConfiguration(StepConfiguration.forPlanning(settings))
                        .build());
                // nothing connects while planning
                Map<String, String> nowhere = Map.of("bootstrap.servers", "127.0.0.1:1");
                findings.addAll(
                        new StepPlan(pipeline, hippo, contracts, nowhere, TopicBinding.Start.EARLIEST, tables).check());
            }
        }
        return findings;
    }
}
