// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * How old changes of the last minute were, counted in classes of which each is at most a sixteenth wider than the one before. Takes the same memory for any number. Thread-safe.
 */
final class RecentAges {
    private static final long SLOT_MILLIS = 10_000;
    /** The slot that is being filled, and a minute before it. */
    private static final int SLOTS = 7;

    /** Ages below 16 ms have a class each, and so has each sixteenth of a power of two. */
    private static final int FINE_BITS = 4;

    private static final int CLASSES = (Long.SIZE - FINE_BITS) << FINE_BITS;

    private final int[][] counts = new int[SLOTS][CLASSES];
    private final long[] numbers = new long[SLOTS];

    RecentAges() {
        Arrays.fill(numbers, Long.MIN_VALUE);
    }

    /** Counts a change; one from the future, by another machine's clock, is new. */
    synchronized void add(long ageMillis, long nowMillis) {
        long number = Math.floorDiv(nowMillis, SLOT_MILLIS);
        int slot = (int) Math.floorMod(number, (long) SLOTS);
        if (numbers[slot] != number) {
            numbers[slot] = number;
            Arrays.fill(counts[slot], 0);
        }
        counts[slot][classOf(Math.max(0, ageMillis))]++;
    }

    /**
     * What age so many were not older than; empty where none was counted.
     *
     * @param share 0.99 for 99 of 100
     */
    synchronized Optional<Duration> percentile(double share, long nowMillis) {
        long newest = Math.floorDiv(nowMillis, SLOT_MILLIS);
        long[] sums = new long[CLASSES];
        long all = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (numbers[slot] > newest - SLOTS && numbers[slot] <= newest) {
                for (int i = 0; i < CLASSES; i++) {
                    sums[i] += counts[slot][i];
                    all += counts[slot][i];
                }
            }
        }
        long wanted = (long) Math.ceil(all * share);
        long seen = 0;
        for (int i = 0; i < CLASSES && all > 0; i++) {
            seen += sums[i];
            if (seen >= wanted) {
                return Optional.of(Duration.ofMillis(highest(i)));
            }
        }
        return Optional.empty();
    }

    private static int classOf(long age) {
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(age) - FINE_BITS - 1);
        return (shift << FINE_BITS) + (int) (age >>> shift);
    }

    /** The highest age of a class. */
    private static long highest(int number) {
        int shift = Math.max(0, (number >>> FINE_BITS) - 1);
        return ((long) (number - (shift << FINE_BITS) + 1) << shift) - 1;
    }
}
