// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.TopicPartition;

/** What the tasks of a local step have done, for the process that runs them. A step on a remote cluster counts in its own processes. Thread-safe. */
public final class StepCounters {
    /** A transaction leaves a mark behind its last record, which counts as an offset and is never read. */
    public static final long MARKERS = 2;

    private static final long UNKNOWN = -1;

    private static final Map<String, StepCounters> ALL = new ConcurrentHashMap<>();

    private final Map<TopicPartition, Reached> partitions = new ConcurrentHashMap<>();
    private final LongAdder out = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<String, TopicPulse> pulses = new ConcurrentHashMap<>();

    private StepCounters() {}

    /** The counters of a step in this process. */
    public static StepCounters of(String step) {
        return ALL.computeIfAbsent(step, h -> new StepCounters());
    }

    /** How far one partition is read; one task writes it at a time, others look. */
    static final class Reached {
        private final AtomicLong read = new AtomicLong();
        private final AtomicLong next = new AtomicLong(UNKNOWN);
        private long readBefore;

        void read(long offset) {
            read.lazySet(read.getPlain() + 1);
            next.lazySet(offset + 1);
        }

        /** Whether records were read since this was last asked; one thread asks. */
        boolean isRead() {
            long now = read.get();
            boolean moved = now != readBefore;
            readBefore = now;
            return moved;
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

    /** The offset behind the last record that was read, by partition; those are missing that this run of the tasks has not read from. */
    public Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions.forEach((partition, reached) -> {
            long next = reached.next.get();
            if (next != UNKNOWN) {
                positions.put(partition, next);
            }
        });
        return positions;
    }

    /** A reader of the topic begins; the first of an attempt perhaps once more from an earlier place. */
    TopicPulse starts(String topic, String attempt) {
        TopicPulse pulse = pulses.computeIfAbsent(topic, t -> new TopicPulse());
        if (pulse.begin(attempt)) {
            partitions.forEach((partition, reached) -> {
                if (partition.topic().equals(topic)) {
                    reached.next.set(UNKNOWN);
                }
            });
        }
        return pulse;
    }

    /**
     * Takes a measure of how many records of each partition are unread; event time waits for a partition that has some and is not being read.
     *
     * @param still whether what is unread is known to be none of a reader's: marks and aborted records
     */
    public void behind(Map<TopicPartition, Long> behind, boolean still) {
        long now = System.nanoTime();
        Set<String> waiting = new HashSet<>();
        behind.forEach((partition, unread) -> {
            boolean read = partition(partition.topic(), partition.partition()).isRead();
            if (!still && unread > MARKERS && !read) {
                waiting.add(partition.topic());
            }
        });
        behind.keySet().stream()
                .map(TopicPartition::topic)
                .distinct()
                .forEach(topic ->
                        pulses.computeIfAbsent(topic, t -> new TopicPulse()).caughtUp(!waiting.contains(topic), now));
    }
}
