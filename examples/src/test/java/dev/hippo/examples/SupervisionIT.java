// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pipeline of {@code hippo new}, run and hurt as a user would see it. */
class SupervisionIT {
    private static final List<String> ALL = List.of("kafka", "gate", "lake", "ask");

    @TempDir
    Path folder;

    @Test
    void aNewPipelineWorksAndSurvivesTheDeathOfItsProcessesAndOfItsSupervisor() throws Exception {
        Path pipeline = folder.resolve("weather");
        assertThat(HippoCommand.plain(Duration.ofMinutes(1), Map.of(), "new", pipeline.toString())
                        .status())
                .isZero();
        try (HippoCommand hippo = new HippoCommand(pipeline, folder.resolve("state"), Map.of())) {
            assertThat(hippo.run("check").status()).isZero();
            hippo.up();

            Path events = folder.resolve("events.json");
            Files.writeString(events, """
                    {"sensor": "roof", "measuredAt": "2026-01-01T12:00:00Z", "celsius": 21.5}

                    {"sensor": "", "celsius": 900}
                    """);
            HippoCommand.Result sent = hippo.run("send", "measurements", events.toString());
            assertThat(sent.status()).isEqualTo(1);
            assertThat(sent.output())
                    .contains("1 accepted, 1 refused")
                    .contains("events.json:3:")
                    .contains("sensor");
            assertThat(hippo.run("tail", "measurements", "--once").output()).contains("\"sensor\":\"roof\"");
            Awaitility.await("the event is in the table")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> hippo.run("query", "--csv", "select count(*) from measurements")
                            .output()
                            .contains("\n1"));

            assertThat(hippo.run("up").status()).as("a second supervisor").isEqualTo(4);

            long lake = hippo.pid("lake");
            ProcessHandle.of(lake).orElseThrow().destroyForcibly();
            Awaitility.await("the killed lake writer is back")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> hippo.pid("lake") != 0 && hippo.pid("lake") != lake);
            Awaitility.await().until(() -> hippo.status("lake").path("restarts").asInt() == 1);

            List<Long> before = ALL.stream().map(hippo::pid).toList();
            hippo.supervisor().destroyForcibly();
            Awaitility.await().until(() -> !hippo.supervisor().isAlive());
            hippo.up();
            assertThat(ALL.stream().map(hippo::pid).toList())
                    .as("the orphans are adopted, not doubled")
                    .isEqualTo(before);
            assertThat(hippo.upOutput()).contains("of an earlier 'hippo up' goes on");
            assertThat(hippo.status("lake").path("restarts").asInt()).isEqualTo(1);

            assertThat(hippo.run("down").status()).isZero();
            assertThat(hippo.processes()).as("processes after down").isEmpty();
            assertThat(hippo.run("status").status()).isEqualTo(3);

            Path proto = pipeline.resolve("contracts/measurement.proto");
            Files.writeString(proto, Files.readString(proto).replace("double celsius = 3", "double celsius = 5"));
            HippoCommand.Result up = hippo.run("up");
            assertThat(up.status())
                    .as("up with a contract that does not fit what is stored")
                    .isEqualTo(1);
            assertThat(up.output()).contains("measurement.proto:11:20: error:", "had number 3 and has 5");
        }
    }
}
