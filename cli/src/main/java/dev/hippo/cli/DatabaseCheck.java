// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.PipelineReading;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that ask databases: whether tables are there, may be read, and fit their contracts. They run in a process that has the drivers. */
final class DatabaseCheck {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DatabaseCheck() {}

    /** What each database says; one that does not answer is no error of the file. */
    static List<Finding> findings(PipelineReading reading, PipelineSpec pipeline, Path file, @Nullable String profile)
            throws IOException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        if (pipeline.hippos().values().stream().noneMatch(hippo -> hippo.settings() instanceof Capture)) {
            return findings;
        }
        String answer = CheckProcess.run(
                Installation.ofThisProcess(),
                "capture",
                "dev.hippo.capture.Check",
                file,
                profile,
                "the databases could not be asked; the reason is above");
        for (JsonNode said : JSON.readTree(answer)) {
            boolean asked = said.path("asked").asBoolean();
            findings.add(reading.marks()
                    .finding(
                            "hippos/" + said.path("hippo").asText() + "/source",
                            asked ? Severity.ERROR : Severity.WARNING,
                            (asked ? "" : "the database was not asked: ")
                                    + said.path("message").asText(),
                            ""));
        }
        return findings;
    }
}
