// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What reading a pipeline file gave.
 *
 * @param spec the pipeline; null when the file has errors
 * @param findings all that was found, in the order of the file
 * @param marks where things are in the file, for checks that come later
 */
public record PipelineReading(@Nullable PipelineSpec spec, List<Finding> findings, Marks marks) {
    public PipelineReading {
        findings = List.copyOf(findings);
    }
}
