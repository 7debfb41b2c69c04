// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresSettingsTest {
    private static PostgresSettings of(String pipeline, String hippo) {
        return PostgresSettings.forHippo(
                pipeline, hippo, "jdbc:postgresql://h/d?password=secret", "u", "secret", List.of("public.*"), 0);
    }

    @Test
    void eachHippoHasASlotOfItsOwn() {
        assertThat(of("flights", "airport-changes").slot()).startsWith("hippo_flights_airport_changes_");
        assertThat(of("a", "b-c").slot())
                .isNotEqualTo(of("a-b", "c").slot())
                .isEqualTo(of("a", "b-c").publication());
        assertThat(of("x".repeat(80), "Ü").slot()).matches("[a-z0-9_]{1,63}");
    }

    @Test
    void noSecretIsTold() {
        assertThat(of("a", "b").toString()).doesNotContain("secret").contains("jdbc:postgresql://h/d");
    }

    @Test
    void aNameThatTheServerWouldRefuseIsRefused() {
        assertThatThrownBy(() -> new PostgresSettings("", "", "", "A-b", "p", List.of("a.b"), 0))
                .hasMessageContaining("'A-b'");
        assertThatThrownBy(() -> new PostgresSettings("", "", "", "a", "p", List.of(), 0))
                .hasMessageContaining("no table");
    }
}
