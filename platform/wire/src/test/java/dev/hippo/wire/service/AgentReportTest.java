// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentReportTest {
    private static AgentReport read(AgentReport report) {
        return AgentReport.from(report.into(JsonNodeFactory.instance.objectNode()));
    }

    @Test
    void whatIsWrittenIsRead() {
        AgentReport report = new AgentReport(
                "one",
                Set.of("disk", "gpu"),
                List.of(new AgentReport.Run("a", ServiceState.RETRYING, 7, 12, 3, "it died", "killed by signal 9")),
                Set.of("a", "b"));
        assertThat(read(report)).isEqualTo(report);
    }

    @Test
    void anAgentThatDoesNotSayWhatItsFileHasIsNotTakenForOneWhoseFileHasNothing() {
        assertThat(read(new AgentReport("one", Set.of(), List.of())).declared()).isNull();
        assertThat(read(new AgentReport("one", Set.of(), List.of(), Set.of())).declared())
                .isEmpty();
    }
}
