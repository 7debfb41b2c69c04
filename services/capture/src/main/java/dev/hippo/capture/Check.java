// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoArguments;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoProcess;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Asks the databases of a pipeline whose logs are read whether their tables fit the contracts, for {@code hippo check --databases}: prints what does not as a JSON array of {@code {hippo, asked,
 * message}}. Changes nothing there.
 */
public final class Check {
    private Check() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        ServiceLog.silent();
        ArrayNode shown = JsonNodeFactory.instance.arrayNode();
        try {
            PipelineSpec pipeline = HippoProcess.pipeline(HippoArguments.parse(args));
            findings(pipeline, HippoProcess.contracts(pipeline))
                    .forEach((hippo, failure) -> shown.addObject()
                            .put("hippo", hippo)
                            .put("asked", failure.kind() != SourceFailure.Kind.PASSING)
                            .put("message", failure.getMessage()));
        } catch (HippoFailure e) {
            System.err.println(e.getMessage());
            System.err.flush();
            Runtime.getRuntime().halt(2);
        }
        System.out.println(shown);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** What each db-etl that reads a database would end with; those that would not are not there. */
    static Map<String, SourceFailure> findings(PipelineSpec pipeline, ContractCatalog contracts)
            throws InterruptedException {
        Map<String, SourceFailure> findings = new LinkedHashMap<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof Capture capture && capture.pull() == null) {
                TopicContracts fitting = new TopicContracts(pipeline, hippo, contracts);
                try (ChangeSource source = Sources.toCheck(pipeline, hippo, fitting)) {
                    for (SourceTable table : source.tables()) {
                        fitting.of(table);
                    }
                } catch (SourceFailure e) {
                    findings.put(hippo.name(), e);
                }
            }
        }
        return findings;
    }
}
