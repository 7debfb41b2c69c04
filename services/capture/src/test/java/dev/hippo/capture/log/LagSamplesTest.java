// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.source.Position;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How late what is stored counts. */
class LagSamplesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-21T10:00:00Z");

    private final LagSamples samples = new LagSamples();

    private @Nullable Duration lag(long second, int end, int stored, Instant committedAt) {
        return samples.lag(BEGIN.plusSeconds(second), at(end), at(stored), committedAt);
    }

    private static Position at(int place) {
        return new Position(0, new byte[] {(byte) place});
    }

    @Test
    void atTheEndOfTheLogNothingIsLateHoweverOldTheLastChangeIs() {
        assertThat(lag(0, 10, 10, BEGIN.minusSeconds(9_000))).isZero();
    }

    @Test
    void theFirstChangeAfterAQuietTimeIsNotAsLateAsTheQuietTimeWasLong() {
        lag(0, 10, 10, BEGIN.minusSeconds(9_000));
        assertThat(lag(5, 11, 10, BEGIN.minusSeconds(9_000))).isEqualTo(Duration.ofSeconds(5));
        assertThat(lag(10, 12, 10, BEGIN.minusSeconds(9_000))).isEqualTo(Duration.ofSeconds(10));
        assertThat(lag(15, 13, 11, BEGIN.minusSeconds(9_000))).isEqualTo(Duration.ofSeconds(10));
        assertThat(lag(20, 13, 13, BEGIN.minusSeconds(9_000))).isZero();
    }

    @Test
    void whoKeepsUpWithABusyLogIsAsLateAsItsLastTransaction() {
        lag(0, 10, 10, BEGIN);
        assertThat(lag(5, 21, 20, BEGIN.plusMillis(4_900))).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void afterALongAbsenceItIsTheTransactionThatCounts() {
        assertThat(lag(0, 99, 10, BEGIN.minusSeconds(3_600))).isEqualTo(Duration.ofHours(1));
        assertThat(lag(5, 99, 50, BEGIN.minusSeconds(600))).isEqualTo(Duration.ofSeconds(605));
    }

    @Test
    void nothingIsSaidOfWhatIsNotKnownAndAClockThatIsAheadMakesNothingEarly() {
        assertThat(lag(0, 99, 10, Instant.EPOCH)).isNull();
        assertThat(lag(5, 99, 10, BEGIN.plusSeconds(60))).isZero();
    }

    @Test
    void aLongTimeBehindNeedsNoEndlessMemory() {
        lag(0, 1, 1, BEGIN);
        for (int second = 1; second < 10_000; second++) {
            lag(second, 2 + second / 200, 1, BEGIN);
        }
        assertThat(lag(10_000, 60, 40, BEGIN)).isBetween(Duration.ofSeconds(2_000), Duration.ofSeconds(2_600));
    }
}
