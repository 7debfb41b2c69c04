// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The events of one request on their way, and what has become of each. Filled by the thread that takes the request in and by Kafka's sender thread;
 * read after {@link #done} completes.
 */
final class Batch {
    private final DoorTopic topic;
    private final String idPrefix;
    private final int[] partitions;
    private final long[] offsets;
    private final String[] ids;
    private final Map<Integer, Refused> refused = new TreeMap<>();
    private final AtomicInteger open;
    private final CompletableFuture<Batch> done = new CompletableFuture<>();

    /** A batch of so many events. */
    Batch(DoorTopic topic, String idPrefix, int size) {
        this.topic = topic;
        this.idPrefix = idPrefix;
        this.partitions = new int[size];
        this.offsets = new long[size];
        this.ids = new String[size];
        java.util.Arrays.fill(partitions, -1);
        java.util.Arrays.fill(offsets, -1);
        // one for the thread that fills the batch: it cannot be done before all events are in
        this.open = new AtomicInteger(size + 1);
    }

    DoorTopic topic() {
        return topic;
    }

    int size() {
        return partitions.length;
    }

    String idPrefix() {
        return idPrefix;
    }

    /** The id of an event: the one it came with, or one made from the batch's. */
    String id(int index) {
        String given = ids[index];
        return given != null ? given : partitions.length == 1 ? idPrefix : idPrefix + "-" + index;
    }

    void givenId(int index, String id) {
        ids[index] = id;
    }

    void accepted(int index, int partition, long offset) {
        synchronized (refused) {
            if (done.isDone()) {
                return;
            }
            partitions[index] = partition;
            offsets[index] = offset;
        }
        settle();
    }

    void refused(int index, Refused reason) {
        synchronized (refused) {
            if (done.isDone()) {
                return;
            }
            refused.put(index, reason);
        }
        settle();
    }

    /** All events have been given to {@link Intake}. */
    void filled() {
        settle();
    }

    private void settle() {
        if (open.decrementAndGet() == 0) {
            done.complete(this);
        }
    }

    /** The time is over: what is still open counts as unavailable, and what comes later is too late for the answer. */
    void expire(String why) {
        synchronized (refused) {
            if (done.isDone()) {
                return;
            }
            for (int i = 0; i < partitions.length; i++) {
                if (partitions[i] < 0 && !refused.containsKey(i)) {
                    refused.put(i, Refused.unavailable(why));
                }
            }
        }
        done.complete(this);
    }

    /** Completes when the fate of every event is known or the deadline is over. */
    CompletableFuture<Batch> done() {
        return done;
    }

    int partition(int index) {
        synchronized (refused) {
            return partitions[index];
        }
    }

    long offset(int index) {
        return offsets[index];
    }

    @Nullable
    Refused refusal(int index) {
        return refused.get(index);
    }

    Map<Integer, Refused> refusals() {
        return refused;
    }

    int acceptedCount() {
        return partitions.length - refused.size();
    }
}
