// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTest {
    @Test
    void aMissionIsWhatTheEnvironmentSays() {
        Mission mission = new Mission(Map.of(
                "HIPPO_MISSION_ID",
                "m1",
                "HIPPO_ATTEMPT",
                "2",
                "HIPPO_PARTITION",
                "201703/CH",
                "HIPPO_PARTITION_YYYY_MM",
                "201703",
                "HIPPO_PARAMETER_MODE",
                "full",
                "HIPPO_EXEC_DATE",
                "1493394946"));
        assertThat(mission.id()).isEqualTo("m1");
        assertThat(mission.attempt()).isEqualTo(2);
        assertThat(mission.partition()).isEqualTo("201703/CH");
        assertThat(mission.partition("yyyy-mm")).isEqualTo("201703");
        assertThat(mission.parameter("mode", "part")).isEqualTo("full");
        assertThat(mission.parameter("speed", "slow")).isEqualTo("slow");
        assertThat(mission.executed()).isEqualTo(Instant.ofEpochSecond(1_493_394_946));
        assertThat(mission.table()).isEmpty();
    }

    @Test
    void aResultIsOneJsonObjectOfWhatWasSaid(@TempDir Path folder) throws Exception {
        Result result = new Result();
        Path file = folder.resolve("result.json");
        result.write(file);
        assertThat(file).doesNotExist();
        result.rowsIn(3)
                .rowsIn(4)
                .rowsOut(5)
                .table("a")
                .table("b")
                .put("share", 0.5)
                .put("text", "a \"b\"\n\\");
        result.doNotRetry().write(file);
        assertThat(Files.readString(file))
                .isEqualTo("{\"rows_in\": 7, \"rows_out\": 5, \"share\": 0.5, \"text\": \"a \\\"b\\\"\\u000a\\\\\","
                        + " \"retry\": false, \"tables\": [\"a\", \"b\"]}");
        assertThatThrownBy(() -> result.put("x", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
