// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The classic layout, as {@code hippo new --classic} makes it: its client started by its script, its Spark app by its other one. */
class ClassicIT {
    @TempDir
    Path folder;

    @Test
    void aNoticeRunsTheClientAppAndTheSparkAppAndIsTold() throws Exception {
        Path made = folder.resolve("nightly");
        assertThat(plain("new", "--classic", made.toString()).status()).isZero();
        Path output = folder.resolve("client.out");
        ProcessBuilder builder = new ProcessBuilder(
                "/usr/bin/env",
                "--default-signal=INT",
                made.resolve("bin/start-client.sh").toString());
        builder.environment().put("HIPPO_NO_BUILD", "1");
        builder.environment().remove("SPARK_HOME");
        Process client = builder.redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .start();
        try {
            Awaitility.await("the client is up")
                    .atMost(Duration.ofMinutes(2))
                    .failFast("it ended", () -> !client.isAlive())
                    .until(() -> Files.readString(output).contains("is up:"));
            assertThat(plain(
                                    "notice",
                                    "SALES",
                                    "--file",
                                    made.toString(),
                                    "--topic",
                                    "frontier-adw",
                                    "--partition",
                                    "YYYYMM=201703")
                            .status())
                    .isZero();
            assertThat(firstFinish(made))
                    .contains("\"hippo_name\":\"nightly\"", "\"partition_values\":[\"201703\"]", "\"is_success\":true")
                    .contains("\"tables\":[\"out/SALES\"]");
            assertThat(made.resolve("out/SALES/201703.csv")).content().hasLineCount(100);
        } finally {
            new ProcessBuilder("kill", "-INT", Long.toString(client.pid()))
                    .start()
                    .waitFor();
            assertThat(client.waitFor(3, TimeUnit.MINUTES)).isTrue();
        }
    }

    /** What Kafka's own console consumer shows first. */
    private static String firstFinish(Path made) throws Exception {
        String port = Files.readString(made.resolve(".hippo/kafka.port")).strip();
        Process consumer = new ProcessBuilder(
                        HippoCommand.root()
                                .resolve("examples/tutorial/bin/console-consumer.sh")
                                .toString(),
                        "--bootstrap-server",
                        "127.0.0.1:" + port,
                        "--topic",
                        "hippo-finish",
                        "--from-beginning",
                        "--max-messages",
                        "1",
                        "--timeout-ms",
                        "60000")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String message = new String(consumer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        consumer.waitFor();
        return message;
    }

    private static HippoCommand.Result plain(String... arguments) throws Exception {
        return HippoCommand.plain(Duration.ofMinutes(1), Map.of(), arguments);
    }
}
