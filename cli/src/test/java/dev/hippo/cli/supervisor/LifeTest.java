// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.cli.supervisor.Life.Event;
import dev.hippo.cli.supervisor.Life.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifeTest {
    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theTableHasTheseTransitionsAndNoOthers() {
        List<String> allowed = new ArrayList<>();
        for (State from : State.values()) {
            for (Event event : Event.values()) {
                try {
                    allowed.add(from + " " + event + " " + Life.after(from, event));
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessage("a process that is " + from + " cannot be " + event);
                }
            }
        }
        assertThat(allowed)
                .containsExactly(
                        "SLEEP LAUNCHED STARTING",
                        "SLEEP ADOPTED RUNNING",
                        "STARTING READY RUNNING",
                        "STARTING EXITED RETRYING",
                        "STARTING STOP_ASKED STOPPING",
                        "RUNNING EXITED RETRYING",
                        "RUNNING STOP_ASKED STOPPING",
                        "RETRYING LAUNCHED STARTING",
                        "RETRYING GAVE_UP DEAD",
                        "RETRYING STOP_ASKED SLEEP",
                        "DEAD STOP_ASKED SLEEP",
                        "STOPPING EXITED SLEEP");
        assertThatThrownBy(() -> Life.after(State.DEAD, Event.LAUNCHED)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void restartsWaitTwiceAsLongEachTimeAndEndWithGivingUp() {
        RestartSchedule schedule = new RestartSchedule();
        List<Long> waits = new ArrayList<>();
        Instant now = start;
        while (true) {
            var again = schedule.died(now);
            if (again.isEmpty()) {
                break;
            }
            waits.add(Duration.between(now, again.get()).toMillis());
            now = again.get();
        }
        assertThat(waits).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L);
        assertThat(schedule.restarts()).isEqualTo(7);
    }

    @Test
    void aMinuteOfRunningForgivesEarlierDeaths() {
        RestartSchedule schedule = new RestartSchedule();
        for (int i = 0; i < 5; i++) {
            schedule.died(start);
        }
        schedule.running(start);
        Instant later = start.plusSeconds(61);
        assertThat(schedule.died(later)).contains(later.plusMillis(500));
        assertThat(schedule.restarts()).isEqualTo(6);
    }
}
