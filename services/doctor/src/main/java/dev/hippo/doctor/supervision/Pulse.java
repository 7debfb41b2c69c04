// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When something was heard of, and for how long it may be silent: the 75th percentile of the last five intervals and a buffer of a tenth of the declared one, half a
 * second at least. One that beats unsteadily is given more time. Not thread-safe.
 */
final class Pulse {
    private static final int REMEMBERED = 5;
    private static final Duration LEAST_BUFFER = Duration.ofMillis(500);

    private final Deque<Duration> intervals = new ArrayDeque<>();
    private Duration declared;
    private Instant last;
    private boolean beaten;

    /** Begins at the moment from which on silence counts. */
    Pulse(Instant begin, Duration declared) {
        this.last = begin;
        this.declared = declared;
    }

    void beat(Instant now, Duration interval) {
        declared = interval;
        if (beaten) {
            intervals.addLast(Duration.between(last, now));
        }
        if (intervals.size() > REMEMBERED) {
            intervals.removeFirst();
        }
        last = now;
        beaten = true;
    }

    /** Forgives the silence until now: nobody could have been heard. */
    void forgive(Instant now) {
        last = now;
        beaten = false;
    }

    Instant last() {
        return last;
    }

    Duration silence(Instant now) {
        return Duration.between(last, now);
    }

    /** How long the silence may be. */
    Duration timeout() {
        Duration buffer = declared.dividedBy(10);
        Duration usual = declared;
        if (!intervals.isEmpty()) {
            Duration[] sorted = intervals.stream().sorted().toArray(Duration[]::new);
            Duration high = sorted[(sorted.length * 3 + 3) / 4 - 1];
            usual = high.compareTo(declared) > 0 ? high : declared;
        }
        return usual.plus(buffer.compareTo(LEAST_BUFFER) > 0 ? buffer : LEAST_BUFFER);
    }

    boolean isSilent(Instant now) {
        return silence(now).compareTo(timeout()) > 0;
    }
}
