// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.ports.StablePort;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoIT {
    @Test
    void theDemoAnswersItsQuestionsAndItsBooksBalance() throws Exception {
        HippoCommand.Result demo = HippoCommand.plain(Duration.ofMinutes(6), Map.of(), "demo", "--once");
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output())
                .contains("sent 393,569   acknowledged 393,569   in topic 393,569   in table 393,569")
                .contains("Which airports send off the most flights")
                .contains("value is required")
                .doesNotContain("DOES NOT MATCH");
        leavesNothing();
    }

    @Test
    void theAirportsMayBeCapturedFromADatabase() throws Exception {
        String url = "jdbc:postgresql://127.0.0.1:" + StablePort.choose("127.0.0.1") + "/flights";
        HippoCommand.Result demo = HippoCommand.plain(
                Duration.ofMinutes(6), Map.of("AIRPORTS_DATABASE", url), "demo", "--once", "--database");
        assertThat(demo.status()).as(demo.output()).isZero();
        assertThat(demo.output())
                .contains("Captured 3,376 airports from PostgreSQL")
                .contains("in topic 393,569   in table 393,569")
                .contains("San Juan")
                .doesNotContain("DOES NOT MATCH");
        leavesNothing();
    }

    private static void leavesNothing() {
        String state = HippoCommand.root().resolve(".hippo/demo").toString();
        assertThat(ProcessHandle.allProcesses()
                        .filter(p -> p.info().commandLine().orElse("").contains(state)))
                .as("processes that the demo left")
                .isEmpty();
    }
}
