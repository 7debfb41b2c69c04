// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import java.util.List;

/** The user's SQL does not do: where in the file, why, and what to do. */
public final class StepMistake extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    StepMistake(List<Finding> findings) {
        super(String.join("\n", findings.stream().map(Finding::toString).toList()));
        this.findings = List.copyOf(findings);
    }

    static StepMistake at(SqlFile.Place place, String message, String hint) {
        return new StepMistake(List.of(place.finding(Severity.ERROR, message, hint)));
    }

    /** One for each thing that is wrong. */
    public List<Finding> findings() {
        return findings;
    }
}
