// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is due when the clock of the host is set while a hippo runs that has something to do every hour. */
class SchedulesTest extends BookHarness {
    private Schedules schedules;

    private void everyHour(String catchUp) throws Exception {
        now = hour(10);
        schedules = new Schedules(
                settings("on: {cron: '0 * * * *', catchUp: " + catchUp + "}").rules());
        schedules.begin(now);
        assertThat(after(Duration.ofMinutes(61))).containsExactly(hour(11));
    }

    /** What is due when the clock shows so much more, or less, than before. */
    private List<Instant> after(Duration time) {
        now = now.plus(time);
        return schedules.due(now).stream().flatMap(due -> due.times().stream()).toList();
    }

    @Test
    void aClockThatIsSetBackStartsNoTimeTwice() throws Exception {
        everyHour("all");
        assertThat(after(Duration.ofHours(-5))).isEmpty();
        for (int hour = 0; hour < 5; hour++) {
            assertThat(after(Duration.ofHours(1))).isEmpty();
        }
        assertThat(after(Duration.ofHours(1))).containsExactly(hour(12));
    }

    @Test
    void aClockThatIsSetForwardHasMissedTimesWhichAreMadeGoodAsTheRuleSays() throws Exception {
        everyHour("latest");
        assertThat(after(Duration.ofHours(3))).containsExactly(hour(14));
        everyHour("all");
        assertThat(after(Duration.ofHours(3))).containsExactly(hour(12), hour(13), hour(14));
        everyHour("none");
        assertThat(after(Duration.ofHours(3).plusMinutes(5))).isEmpty();
    }

    @Test
    void whatAWrongClockHasStartedHasStartedWhenItIsPutRight() throws Exception {
        everyHour("latest");
        assertThat(after(Duration.ofHours(3))).containsExactly(hour(14));
        assertThat(after(Duration.ofHours(-3))).isEmpty();
        for (int hour = 0; hour < 3; hour++) {
            assertThat(after(Duration.ofHours(1))).isEmpty();
        }
        assertThat(after(Duration.ofHours(1))).containsExactly(hour(15));
    }
}
