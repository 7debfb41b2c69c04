// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/** What the tasks of a local step have done, for the process that runs them. A step on a remote cluster counts in its own processes. Thread-safe. */
public final class StepCounters {
    /** How long a look at a topic's end is believed. */
    private static final long FRESH_NANOS = Duration.ofSeconds(6).toNanos();

    private static final Map<String, StepCounters> ALL = new ConcurrentHashMap<>();

    private final Map<TopicPartition, Reached> partitions = new ConcurrentHashMap<>();
    private final LongAdder out = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<String, Long> caughtUp = new ConcurrentHashMap<>();

    private StepCounters() {}

    /** The counters of a step in this process. */
    public static StepCounters of(String step) {
        return ALL.computeIfAbsent(step, h -> new StepCounters());
    }

    /** How far one partition is read; one task writes it at a time, others look. */
    static final class Reached {
        private final AtomicLong read = new AtomicLong();
        private final AtomicLong next = new AtomicLong();

        void read(long offset) {
            read.lazySet(read.getPlain() + 1);
            next.lazySet(offset + 1);
        }
    }

    Reached partition(String topic, int partition) {
        return partitions.computeIfAbsent(new TopicPartition(topic, partition), p -> new Reached());
    }

    void written() {
        out.increment();
    }

    void rejected() {
        rejected.increment();
    }

    /** Events read since the start; those that are read again after a restart count again. */
    public long in() {
        return partitions.values().stream()
                .mapToLong(reached -> reached.read.get())
                .sum();
    }

    /** Events written since the start. */
    public long out() {
        return out.sum();
    }

    /** Events set aside since the start. */
    public long setAside() {
        return rejected.sum();
    }

    /** The offset behind the last record that was read, by partition. */
    public Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions.forEach((partition, reached) -> positions.put(partition, reached.next.get()));
        return positions;
    }

    /** Notes whether a topic was read to its end a moment ago. */
    public void caughtUp(String topic, boolean now) {
        if (now) {
            caughtUp.put(topic, System.nanoTime());
        } else {
            caughtUp.remove(topic);
        }
    }

    /** Whether a topic had been read to its end when it was last measured; false before the first time, and when that is long ago. */
    boolean isCaughtUp(String topic) {
        Long at = caughtUp.get(topic);
        return at != null && System.nanoTime() - at < FRESH_NANOS;
    }
}
