// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateMeterTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final RateMeter meter = new RateMeter();

    @Test
    void theFirstSampleHasNoRate() {
        assertThat(meter.sample(BEGIN, 1_000)).isZero();
    }

    @Test
    void theRateIsOverTheLastFiveSeconds() {
        meter.sample(BEGIN, 0);
        assertThat(meter.sample(BEGIN.plusSeconds(1), 100)).isEqualTo(100);
        assertThat(meter.sample(BEGIN.plusSeconds(5), 1_000)).isEqualTo(200);
        assertThat(meter.sample(BEGIN.plusSeconds(6), 1_000))
                .as("from second 1 on")
                .isEqualTo(180);
    }

    @Test
    void silenceIsARateOfNothingOnceTheWindowIsOver() {
        meter.sample(BEGIN, 0);
        meter.sample(BEGIN.plusSeconds(1), 500);
        for (int second = 2; second < 6; second++) {
            assertThat(meter.sample(BEGIN.plusSeconds(second), 500)).isPositive();
        }
        assertThat(meter.sample(BEGIN.plusSeconds(7), 500)).isZero();
    }

    @Test
    void twoSamplesAtOneInstantDoNotDivideByNothing() {
        meter.sample(BEGIN, 0);
        assertThat(meter.sample(BEGIN, 10)).isZero();
    }
}
