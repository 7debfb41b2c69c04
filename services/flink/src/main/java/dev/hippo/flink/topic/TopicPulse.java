// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** When a topic that a local step reads had news, over all its partitions. Times are {@link System#nanoTime()}. Thread-safe. */
final class TopicPulse {
    /** How long a look at a topic's end is believed. */
    private static final long FRESH_NANOS = Duration.ofSeconds(6).toNanos();

    private final AtomicLong eventTime = new AtomicLong(Long.MIN_VALUE);
    private long lastNews;
    private long woke;
    private long caughtUpAt;
    private boolean hadNews;
    private boolean caughtUp;

    /** Forgets everything: the tasks may go back to earlier records. */
    synchronized void restart() {
        hadNews = false;
        caughtUp = false;
        eventTime.set(Long.MIN_VALUE);
    }

    /** Notes news; after a quiet time, or the first ever, they wake the topic. */
    synchronized void news(long now, long quietNanos) {
        if (!hadNews || now - lastNews > quietNanos) {
            woke = now;
        }
        hadNews = true;
        lastNews = now;
    }

    /** Whether the topic woke at most so long ago. */
    synchronized boolean isWithin(long now, long nanos) {
        return hadNews && now - woke <= nanos;
    }

    /** Notes whether nothing of the topic waits to be read. */
    synchronized void caughtUp(boolean is, long at) {
        caughtUp = is;
        caughtUpAt = at;
    }

    /** Whether nothing waited to be read when this was last measured; false before the first time, when that is long ago, and when the topic woke since. */
    synchronized boolean isCaughtUp(long now) {
        return caughtUp && now - caughtUpAt < FRESH_NANOS && (!hadNews || caughtUpAt - woke > 0);
    }

    /** Notes the watermark of a partition. */
    void eventTime(long watermark) {
        eventTime.accumulateAndGet(watermark, Math::max);
    }

    /** The highest watermark of a partition, {@link Long#MIN_VALUE} before the first. */
    long eventTime() {
        return eventTime.get();
    }
}
