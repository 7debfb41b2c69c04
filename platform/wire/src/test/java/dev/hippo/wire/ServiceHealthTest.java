// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceHealthTest {
    private static JsonNode beat(String error) {
        return ServiceHealth.of("gate", "/srv/ads", 4711, Duration.ofSeconds(90), Duration.ofSeconds(1), error);
    }

    @Test
    void aHeartbeatHasTheFieldsThatItsReadersHaveAlwaysKnownInTheirUnits() {
        JsonNode beat = beat("");
        List<String> fields = new ArrayList<>();
        beat.fieldNames().forEachRemaining(fields::add);
        assertThat(fields)
                .containsExactlyInAnyOrder(
                        "clientIP",
                        "path",
                        "service_name",
                        "user",
                        "monitor_pid",
                        "service_pid",
                        "exec_time",
                        "is_success",
                        "error_msg",
                        "coordAddress",
                        "interval");
        assertThat(beat.get("service_name").asText()).isEqualTo("gate");
        assertThat(beat.get("path").asText()).isEqualTo("/srv/ads");
        assertThat(beat.get("service_pid").asLong()).isEqualTo(4711);
        assertThat(beat.get("exec_time").asLong()).isEqualTo(90_000);
        assertThat(beat.get("is_success").asInt()).isEqualTo(1);
        assertThat(beat.get("error_msg").asText()).isEmpty();
        assertThat(beat.get("interval").asLong()).isEqualTo(1_000);
        assertThat(beat.get("clientIP").asText()).matches("[0-9a-f.:%a-z]+");
        assertThat(beat.get("user").asText()).isEqualTo(System.getProperty("user.name"));
    }

    @Test
    void aServiceThatCannotGoOnSaysWhy() {
        JsonNode beat = beat("the disk is full");
        assertThat(beat.get("is_success").asInt()).isZero();
        assertThat(beat.get("error_msg").asText()).isEqualTo("the disk is full");
        assertThat(beat.get("service_name").asText()).isEqualTo("gate");
    }
}
