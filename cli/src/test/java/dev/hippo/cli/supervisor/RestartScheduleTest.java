// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartScheduleTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final RestartSchedule schedule = new RestartSchedule();
    private Instant now = BEGIN;

    private Optional<Duration> die() {
        Optional<Duration> wait = schedule.died(now).map(due -> Duration.between(now, due));
        wait.ifPresent(duration -> now = now.plus(duration));
        return wait;
    }

    @Test
    void theWaitDoublesUpToHalfAMinuteAndThenItGivesUp() {
        List<Long> waits = new ArrayList<>();
        for (Optional<Duration> wait = die(); wait.isPresent(); wait = die()) {
            waits.add(wait.get().toMillis());
        }
        assertThat(waits).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L);
        assertThat(waits).hasSize(RestartSchedule.LIMIT - 1);
        assertThat(schedule.restarts()).as("giving up is no restart").isEqualTo(RestartSchedule.LIMIT - 1);
    }

    @Test
    void aMinuteOfRunningForgivesEarlierDeaths() {
        die();
        die();
        schedule.running(now);
        now = now.plus(Duration.ofMinutes(1));
        assertThat(die()).contains(Duration.ofMillis(500));
        assertThat(schedule.restarts()).as("restarts are still counted").isEqualTo(3);
    }

    @Test
    void lessThanAMinuteOfRunningForgivesNothing() {
        die();
        schedule.running(now);
        now = now.plus(Duration.ofMinutes(1)).minusMillis(1);
        assertThat(die()).contains(Duration.ofSeconds(1));
    }

    @Test
    void timeThatPassesWithoutRunningForgivesNothing() {
        schedule.running(now);
        die();
        now = now.plus(Duration.ofHours(1));
        assertThat(die()).as("it was starting for an hour, but never ready").contains(Duration.ofSeconds(1));
    }

    @Test
    void theCountGoesOnFromAnEarlierSupervisor() {
        schedule.restarts(4);
        die();
        assertThat(schedule.restarts()).isEqualTo(5);
    }
}
