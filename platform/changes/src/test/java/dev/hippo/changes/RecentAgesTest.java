// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecentAgesTest {
    private static final long NOW = 1_000_000_000_000L;

    private final RecentAges ages = new RecentAges();

    private long percentile(double share, long now) {
        return ages.percentile(share, now).orElseThrow().toMillis();
    }

    @Test
    void percentilesAreWithinASixteenthOfWhatWasCounted() {
        for (long age = 1; age <= 10_000; age++) {
            ages.add(age, NOW);
        }
        assertThat(percentile(0.5, NOW)).isBetween(5_000L, 5_313L);
        assertThat(percentile(0.99, NOW)).isBetween(9_900L, 10_519L);
    }

    @Test
    void anyAgeHasAClass() {
        for (long age : new long[] {0, 1, 15, 16, 17, 31, 32, 1_000_003, Integer.MAX_VALUE, Long.MAX_VALUE}) {
            RecentAges one = new RecentAges();
            one.add(age, NOW);
            long told = one.percentile(0.5, NOW).orElseThrow().toMillis();
            assertThat(told).isBetween(age, (long) (age * 17.0 / 16));
        }
        ages.add(-5, NOW);
        assertThat(percentile(0.99, NOW)).isZero();
    }

    @Test
    void whatIsOlderThanAMinuteIsForgotten() {
        assertThat(ages.percentile(0.5, NOW)).isEmpty();
        ages.add(7, NOW);
        ages.add(9, NOW + Duration.ofSeconds(30).toMillis());
        assertThat(percentile(0.5, NOW + Duration.ofSeconds(60).toMillis())).isEqualTo(7);
        assertThat(percentile(0.5, NOW + Duration.ofSeconds(75).toMillis())).isEqualTo(9);
        assertThat(ages.percentile(0.5, NOW + Duration.ofSeconds(105).toMillis()))
                .isEmpty();
        // its place is taken by a later one
        ages.add(11, NOW + Duration.ofSeconds(140).toMillis());
        assertThat(percentile(0.99, NOW + Duration.ofSeconds(140).toMillis())).isEqualTo(11);
    }
}
