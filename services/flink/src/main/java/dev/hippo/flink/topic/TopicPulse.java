// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * When a topic that a local step reads had news, over all its partitions, and where its event time stands. Every reader of one attempt of the tasks has a {@link Place} here.
 * Times are {@link System#nanoTime()}. Thread-safe.
 */
final class TopicPulse {
    /** How long a look at a topic's end is believed. */
    private static final long FRESH_NANOS = Duration.ofSeconds(6).toNanos();
    /** How long a reader that is busy is waited for. */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final List<Place> places = new ArrayList<>();
    private final Set<String> tasks = new HashSet<>();
    private String attempt = "";
    private long standing = Long.MIN_VALUE;
    private long lastNews;
    private long woke;
    private long caughtUpAt;
    private long lookedBefore;
    private boolean hadNews;
    private boolean looked;
    private boolean caughtUp;

    /** The place of one reader; only {@link TopicPulse} looks inside. */
    static final class Place {
        private final boolean reads;
        private long watermark = Long.MIN_VALUE;
        private boolean idle;
        private boolean awake;

        private Place(boolean reads) {
            this.reads = reads;
        }
    }

    /**
     * A reader comes in. The first of another attempt lets everything be forgotten: the tasks may go back to earlier records.
     *
     * @return whether it is the first of its attempt
     */
    synchronized boolean begin(String of) {
        if (attempt.equals(of)) {
            return false;
        }
        attempt = of;
        places.clear();
        tasks.clear();
        standing = Long.MIN_VALUE;
        hadNews = false;
        looked = false;
        caughtUp = false;
        return true;
    }

    /** Gives a place to a reader of this task. The first of each is Flink's own, which reads no partition. */
    synchronized Place enter(String task) {
        Place place = new Place(!tasks.add(task));
        places.add(place);
        return place;
    }

    /** Notes news; after a quiet time, or the first ever, they wake the topic. */
    synchronized void news(long now, long quietNanos) {
        if (!hadNews || now - lastNews > quietNanos) {
            woke = now;
            places.forEach(place -> place.awake = false);
        }
        hadNews = true;
        lastNews = now;
    }

    /** Whether the topic woke at most so long ago. */
    synchronized boolean isWithin(long now, long nanos) {
        return hadNews && now - woke <= nanos;
    }

    /** Whether the topic still wakes: it woke at most so long ago, or a reader has not heard of it yet. The one that asks has now. */
    synchronized boolean isWaking(Place place, long now, long nanos) {
        place.awake = true;
        return isWithin(now, nanos)
                || (isWithin(now, PATIENCE_NANOS) && !places.stream().allMatch(each -> each.awake));
    }

    /** Notes whether nothing of the topic waits to be read. */
    synchronized void caughtUp(boolean is, long at) {
        lookedBefore = looked ? caughtUpAt : at;
        looked = true;
        caughtUp = is;
        caughtUpAt = at;
    }

    /**
     * Whether nothing waited to be read when this was last measured; false when that is long ago, when the topic woke since, and before two measures since the given time, because one
     * that had something read in the time before it tells nothing.
     */
    synchronized boolean isCaughtUp(long now, long since) {
        return caughtUp
                && now - caughtUpAt < FRESH_NANOS
                && lookedBefore - since > 0
                && (!hadNews || caughtUpAt - woke > 0);
    }

    /** Notes the watermark of a reader, which counts from now on. */
    synchronized void moved(Place place, long watermark) {
        place.watermark = Math.max(place.watermark, watermark);
        place.idle = false;
        stand();
    }

    /** Notes that event time goes on without this reader. */
    synchronized void left(Place place) {
        place.idle = true;
        stand();
    }

    /** Whether event time goes on without this reader. */
    synchronized boolean isOut(Place place) {
        return place.idle;
    }

    /** Where the event time of the topic stands: at the lowest watermark of those that count, and never behind where it once was; {@link Long#MIN_VALUE} before the first. */
    synchronized long standing() {
        return standing;
    }

    private void stand() {
        long lowest = Long.MAX_VALUE;
        long highest = Long.MIN_VALUE;
        boolean counts = false;
        for (Place place : places) {
            highest = Math.max(highest, place.watermark);
            if (place.reads && !place.idle) {
                lowest = Math.min(lowest, place.watermark);
                counts = true;
            }
        }
        // without any that counts, Flink goes on to the highest
        standing = Math.max(standing, counts ? lowest : highest);
    }
}
