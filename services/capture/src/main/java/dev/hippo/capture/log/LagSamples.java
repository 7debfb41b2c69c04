// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * How old the oldest part of a source's log is at most that is not stored yet, from looks at where the log ended when. The time of the last transaction alone would not do: after a quiet hour the next
 * change would count as an hour late. Not thread-safe.
 */
final class LagSamples {
    /** Beyond it every second one is given up; what is left is still right, only coarser. */
    private static final int MOST = 2_000;

    private record Sample(Instant at, Position end) {}

    /** Ends of the log that are not stored yet, the oldest first. */
    private final Deque<Sample> ahead = new ArrayDeque<>();

    /** When the log ended at a place that is stored by now. */
    private Instant reached = Instant.EPOCH;

    /**
     * Takes a look into account.
     *
     * @param end where the log ends
     * @param stored how far it is stored
     * @param committedAt when the last transaction before that was committed; {@link Instant#EPOCH} if that is not known
     * @return zero if all is stored; null if nothing is known of it yet
     */
    @Nullable
    Duration lag(Instant now, Position end, Position stored, Instant committedAt) {
        ahead.addLast(new Sample(now, end));
        while (!ahead.isEmpty() && ahead.getFirst().end().compareTo(stored) <= 0) {
            reached = ahead.removeFirst().at();
        }
        if (ahead.isEmpty()) {
            return Duration.ZERO;
        }
        thin();
        Instant upTo = reached.isAfter(committedAt) ? reached : committedAt;
        if (upTo.equals(Instant.EPOCH)) {
            return null;
        }
        Duration lag = Duration.between(upTo, now);
        return lag.isNegative() ? Duration.ZERO : lag;
    }

    private void thin() {
        if (ahead.size() > MOST) {
            boolean[] odd = {false};
            ahead.removeIf(sample -> odd[0] = !odd[0]);
        }
    }
}
