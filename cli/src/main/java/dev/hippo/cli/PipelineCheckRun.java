// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All that {@code hippo check} looks at; {@code hippo up} begins with it. */
final class PipelineCheckRun {
    private PipelineCheckRun() {}

    /** Every finding: file, contracts, and the SQL when those have no errors. */
    static List<Finding> findings(PipelineOptions options) throws IOException, InterruptedException {
        PipelineReading reading = options.read();
        PipelineCheck.Result result = PipelineCheck.of(reading);
        List<Finding> findings = new ArrayList<>(result.findings());
        PipelineSpec spec = result.spec();
        if (spec != null && !result.hasErrors()) {
            EngineCheck engines = new EngineCheck(
                    Installation.ofThisProcess(), options.state(spec).root().resolve("check"));
            for (Finding finding : engines.findings(spec, options.file(), options.profile())) {
                findings.add(new Finding(
                        PipelineCheck.beside(reading, finding.file()),
                        finding.line(),
                        finding.column(),
                        finding.severity(),
                        finding.message(),
                        finding.hint()));
            }
        }
        return findings;
    }
}
