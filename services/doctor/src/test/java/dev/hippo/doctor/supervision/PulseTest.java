// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PulseTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static Pulse beating(Duration declared, int... seconds) {
        Pulse pulse = new Pulse(BEGIN, declared);
        Instant now = BEGIN;
        for (int each : seconds) {
            now = now.plusSeconds(each);
            pulse.beat(now, declared);
        }
        return pulse;
    }

    @Test
    void aSteadyPulseOfASecondIsSilentAfterOneAndAHalf() {
        Pulse pulse = beating(Duration.ofSeconds(1), 1, 1, 1, 1, 1);
        assertThat(pulse.timeout()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(pulse.isSilent(pulse.last().plusMillis(1_500))).isFalse();
        assertThat(pulse.isSilent(pulse.last().plusMillis(1_501))).isTrue();
    }

    @Test
    void theHistoricHeartbeatOfHalfAMinuteHasABufferOfThreeSeconds() {
        assertThat(beating(Duration.ofSeconds(30), 30, 30, 30, 30, 30).timeout())
                .isEqualTo(Duration.ofSeconds(33));
    }

    @Test
    void anUnsteadyPulseIsGivenThe75thPercentileOfItsLastFiveIntervals() {
        assertThat(beating(Duration.ofSeconds(1), 9, 9, 9, 1, 2, 3, 4, 8).timeout())
                .as("of 1, 2, 3, 4, 8 that is 4")
                .isEqualTo(Duration.ofMillis(4_500));
    }

    @Test
    void beforeItHasBeatenTheDeclaredIntervalCounts() {
        assertThat(beating(Duration.ofSeconds(1)).timeout()).isEqualTo(Duration.ofMillis(1_500));
    }
}
