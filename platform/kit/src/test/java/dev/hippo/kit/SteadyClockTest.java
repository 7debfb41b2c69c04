// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
    @Test
    void settingTheClockOfTheHostDoesNotMoveIt() {
        Instant begin = Instant.parse("2026-11-21T10:00:00Z");
        Instant[] wall = {begin};
        SteadyClock clock = new SteadyClock(() -> wall[0]);
        Instant before = clock.instant();
        assertThat(before).isAfterOrEqualTo(begin);
        for (int hours : new int[] {-5, 10, -72, 1_000}) {
            wall[0] = wall[0].plus(Duration.ofHours(hours));
            Instant after = clock.instant();
            assertThat(after).isBetween(before, begin.plus(Duration.ofHours(1)));
            before = after;
        }
    }
}
