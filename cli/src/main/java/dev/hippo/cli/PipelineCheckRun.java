// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.ContractException;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All that {@code hippo check} looks at. */
final class PipelineCheckRun {
    private final List<Finding> findings;

    private PipelineCheckRun(List<Finding> findings) {
        this.findings = findings;
    }

    static PipelineCheckRun of(PipelineOptions options) throws IOException {
        PipelineReading reading = options.read();
        List<Finding> findings = new ArrayList<>(reading.findings());
        PipelineSpec spec = reading.spec();
        if (spec != null) {
            try {
                ContractCompiler.compile(spec.contractsFolder());
            } catch (ContractException e) {
                e.problems()
                        .forEach(p -> findings.add(new Finding(
                                "contracts/" + p.file(),
                                p.line(),
                                p.column(),
                                Finding.Severity.ERROR,
                                p.message(),
                                "")));
            }
        }
        return new PipelineCheckRun(findings);
    }

    List<Finding> findings() {
        return findings;
    }
}
