// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes taken in and not yet acknowledged, and says when it is enough. Thread-safe. */
public final class InFlight {
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();

    public InFlight(long limit) {
        this.limit = limit;
    }

    /** Takes room, or says false at once when there is none. Something that is larger than the limit never finds room. */
    public boolean tryReserve(long amount) {
        if (bytes.addAndGet(amount) > limit) {
            bytes.addAndGet(-amount);
            return false;
        }
        return true;
    }

    /** Gives room back. */
    public void release(long amount) {
        bytes.addAndGet(-amount);
    }

    /** Bytes in flight now. */
    public long bytes() {
        return bytes.get();
    }

    public long limit() {
        return limit;
    }
}
