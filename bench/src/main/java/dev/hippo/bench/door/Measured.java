// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One closed-loop run: so many requests are under way, the next begins when one is answered. Thread-safe: requests are answered on
 * other threads than they are begun.
 */
final class Measured {
    private static final int SAMPLES = 1 << 20;

    private final Semaphore window;
    private final int windowSize;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger samples = new AtomicInteger();
    private final long[] nanos = new long[SAMPLES];
    private volatile @Nullable Throwable broken;
    private final long start = System.nanoTime();
    private final long end;

    Measured(int window, Duration time) {
        this.window = new Semaphore(window);
        this.windowSize = window;
        this.end = start + time.toNanos();
    }

    /** What a run gave. Latency is that of a request, be it one event or a batch. */
    record Result(double eventsPerSecond, double p50Millis, double p99Millis, long refused) {}

    /** Waits for room; false when the time is over. */
    boolean next() throws InterruptedException {
        window.acquire();
        failIfBroken();
        if (System.nanoTime() < end) {
            return true;
        }
        window.release();
        return false;
    }

    void answered(long begunNanos, int acknowledged, int notAcknowledged) {
        long now = System.nanoTime();
        events.addAndGet(acknowledged);
        refused.addAndGet(notAcknowledged);
        int sample = samples.getAndIncrement();
        if (sample < SAMPLES) {
            nanos[sample] = now - begunNanos;
        }
        window.release();
    }

    /** Says that no more answers will come: the run ends with that failure. */
    void broken(Throwable failure) {
        broken = failure;
        window.release(windowSize);
    }

    /**
     * Waits for the last answers.
     *
     * @throws IllegalStateException if they will not come
     */
    Result result() throws InterruptedException {
        window.acquire(windowSize);
        failIfBroken();
        double seconds = (System.nanoTime() - start) / 1e9;
        long[] sorted = Arrays.copyOf(nanos, Math.min(samples.get(), SAMPLES));
        Arrays.sort(sorted);
        return new Result(events.get() / seconds, millis(sorted, 0.5), millis(sorted, 0.99), refused.get());
    }

    private void failIfBroken() {
        Throwable failure = broken;
        if (failure != null) {
            throw new IllegalStateException("the run broke off", failure);
        }
    }

    private static double millis(long[] sorted, double part) {
        return sorted.length == 0 ? 0 : sorted[(int) (part * (sorted.length - 1))] / 1e6;
    }
}
