// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a process that died is launched again: after half a second, then twice as long each time up to 30 s; at once forgiven when it has run for a minute; given up
 * after {@value #LIMIT} deaths in a row. Not thread-safe: the supervisor's loop owns it.
 */
final class RestartSchedule {
    static final int LIMIT = 8;
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(1);

    private int deathsInARow;
    private int restarts;
    private @Nullable Instant runningSince;

    void running(Instant now) {
        runningSince = now;
    }

    /** Takes note of a death; answers when to launch again, or nothing when it is time to give up. */
    Optional<Instant> died(Instant now) {
        if (runningSince != null && !runningSince.plus(FORGIVEN_AFTER).isAfter(now)) {
            deathsInARow = 0;
        }
        runningSince = null;
        deathsInARow++;
        if (deathsInARow >= LIMIT) {
            return Optional.empty();
        }
        restarts++;
        Duration wait = FIRST.multipliedBy(1L << Math.min(deathsInARow - 1, 10));
        return Optional.of(now.plus(wait.compareTo(LONGEST) > 0 ? LONGEST : wait));
    }

    /** Counts deaths from here on, because a person or the Doctor said so. */
    void forgive() {
        deathsInARow = 0;
    }

    int restarts() {
        return restarts;
    }

    /** Goes on counting from an earlier supervisor's number. */
    void restarts(int before) {
        restarts = before;
    }
}
