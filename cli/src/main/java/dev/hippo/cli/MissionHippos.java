// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.util.List;

/** The hippos of a pipeline that run missions. */
record MissionHippos(PipelineSpec pipeline) {
    /** The name of one of them, or a failure with those that there are. */
    String named(String name) {
        List<String> known = pipeline.hippos().values().stream()
                .filter(hippo -> hippo.settings() instanceof HippoSettings.Batch)
                .map(HippoSpec::name)
                .toList();
        if (!known.contains(name)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "no hippo '" + name + "' of pipeline '" + pipeline.name() + "' runs missions; "
                            + Suggestion.hint(name, known));
        }
        return name;
    }
}
