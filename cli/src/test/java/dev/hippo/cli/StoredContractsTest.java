// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredContractsTest {
    @TempDir
    Path folder;

    private final PrintStream standardOut = System.out;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void capture() {
        System.setProperty("hippo.home", folder.toString());
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void release() {
        System.setOut(standardOut);
        System.clearProperty("hippo.home");
    }

    @Test
    void checkRefusesWhatWouldBreakWhatIsStored() throws Exception {
        Path pipeline = folder.resolve("weather");
        Path state = folder.resolve("state");
        Path proto = pipeline.resolve("contracts/measurement.proto");
        assertThat(Main.run("new", pipeline.toString())).isZero();
        String accepted = Files.readString(proto);
        PipelineCheckRun.of(new PipelineOptions(pipeline, null, state)).accept();

        Files.writeString(proto, accepted.replace("double celsius = 3", "string note = 4;\n  double celsius = 3"));
        assertThat(check(pipeline, state)).isZero();

        Files.writeString(proto, accepted.replace("double celsius = 3", "double degrees = 3"));
        assertThat(check(pipeline, state)).isZero();
        assertThat(printed()).contains("measurement.proto:11:10: warning: field 'celsius'");

        Files.writeString(proto, accepted.replace("string sensor = 1", "string sensor = 7"));
        assertThat(check(pipeline, state)).isEqualTo(ExitStatus.FAILED);
        assertThat(printed())
                .contains("weather/contracts/measurement.proto:9:19: error: field 'sensor' had number 1 and has 7: what"
                        + " is stored under 1 would be lost (stored in table measurements, topic measurements);"
                        + " give it back its number 1. Or begin anew without what is stored: delete " + state);

        Files.writeString(proto, accepted);
        assertThat(check(pipeline, state)).isZero();
        assertThat(printed()).endsWith("no findings\n");
    }

    private int check(Path pipeline, Path state) {
        printed.reset();
        return Main.run("check", "--file", pipeline.toString(), "--state", state.toString());
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
