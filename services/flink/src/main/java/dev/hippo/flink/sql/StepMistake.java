// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import dev.hippo.pipeline.Finding;
import java.util.List;

/** The user's SQL does not do: where in the file, why, and what to do. */
public final class StepMistake extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param findings one for each thing that is wrong */
    StepMistake(List<Finding> findings) {
        super(String.join("\n", findings.stream().map(Finding::toString).toList()));
    }
}
