// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What the tasks of a local step have done, for the process that runs them. A step on a remote cluster counts in its own processes. Thread-safe. */
final class StepCounters {
    private static final Map<String, StepCounters> ALL = new ConcurrentHashMap<>();

    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final Map<String, Long> next = new ConcurrentHashMap<>();

    private final Map<String, Boolean> caughtUp = new ConcurrentHashMap<>();

    static StepCounters of(String hippo) {
        return ALL.computeIfAbsent(hippo, h -> new StepCounters());
    }

    void read(String topic, int partition, long offset) {
        in.increment();
        next.put(topic + "/" + partition, offset + 1);
    }

    void written() {
        out.increment();
    }

    void rejected() {
        rejected.increment();
    }

    /** Notes whether a topic has been read to its end. */
    void caughtUp(String topic, boolean now) {
        caughtUp.put(topic, now);
    }

    /** Whether a topic had been read to its end when it was last measured; false before the first time. */
    boolean isCaughtUp(String topic) {
        return caughtUp.getOrDefault(topic, false);
    }

    /** Counts since the last call: in, out, rejected. */
    long[] take() {
        return new long[] {in.sumThenReset(), out.sumThenReset(), rejected.sumThenReset()};
    }

    /** The next offset of each {@code topic/partition} that has been read. */
    Map<String, Long> positions() {
        return Map.copyOf(next);
    }
}
