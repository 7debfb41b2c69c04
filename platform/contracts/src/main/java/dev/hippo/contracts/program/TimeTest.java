// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

/**
 * Bounds for a {@code google.protobuf.Timestamp} or {@code Duration}, on its wire bytes. Passes only plain values: each part once at most,
 * within the range that the type allows. Thread-safe.
 *
 * @param outside true when the lower bound is above the upper one: valid beyond either
 */
record TimeTest(Kind kind, Bound low, Bound high, boolean outside) {
    /** A message that is no time, or a time without rules. */
    static final TimeTest ANY = new TimeTest(Kind.NONE, Bound.NONE, Bound.NONE, false);

    /** The range of seconds and nanoseconds in which a value is plain. */
    enum Kind {
        NONE(0, 0, 0),
        TIMESTAMP(-62_135_596_800L, 253_402_300_799L, 0),
        DURATION(-315_576_000_000L, 315_576_000_000L, -999_999_999);

        private final long leastSeconds;
        private final long mostSeconds;
        private final int leastNanos;

        Kind(long leastSeconds, long mostSeconds, int leastNanos) {
            this.leastSeconds = leastSeconds;
            this.mostSeconds = mostSeconds;
            this.leastNanos = leastNanos;
        }

        boolean plain(long seconds, int nanos) {
            return seconds >= leastSeconds
                    && seconds <= mostSeconds
                    && nanos >= leastNanos
                    && nanos <= 999_999_999
                    // a duration's parts have one sign; a timestamp before 1970 is left to the reference
                    && Long.signum(seconds) * nanos >= 0;
        }
    }

    /** One end of the range. */
    record Bound(boolean exists, boolean included, long seconds, int nanos) {
        static final Bound NONE = new Bound(false, false, 0, 0);

        int compare(long otherSeconds, int otherNanos) {
            int order = Long.compare(otherSeconds, seconds);
            return order != 0 ? order : Integer.compare(otherNanos, nanos);
        }
    }

    boolean passes(byte[] bytes, int from, int end) {
        if (kind == Kind.NONE) {
            return true;
        }
        long seconds = 0;
        int nanos = 0;
        boolean secondsSeen = false;
        boolean nanosSeen = false;
        int at = from;
        while (at < end) {
            int tag = bytes[at++];
            int size = Wire.varintSize(bytes, at, end);
            if (size == 0) {
                return false;
            }
            long value = Wire.varint(bytes, at, size);
            at += size;
            if (tag == 1 << 3 && !secondsSeen) {
                seconds = value;
                secondsSeen = true;
            } else if (tag == 2 << 3 && !nanosSeen) {
                nanos = (int) value;
                nanosSeen = true;
            } else {
                return false;
            }
        }
        return within(seconds, nanos);
    }

    private boolean within(long seconds, int nanos) {
        if (!kind.plain(seconds, nanos)) {
            return false;
        }
        boolean above =
                !low.exists() || (low.included() ? low.compare(seconds, nanos) >= 0 : low.compare(seconds, nanos) > 0);
        boolean below = !high.exists()
                || (high.included() ? high.compare(seconds, nanos) <= 0 : high.compare(seconds, nanos) < 0);
        return outside ? above || below : above && below;
    }
}
