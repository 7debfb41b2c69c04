// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Measures the second half of a backlog: the first is for the compiler. Not thread-safe. */
final class SecondHalf {
    private final int all;
    private final LongSupplier cpu;
    private int read;
    private int before;
    private long begun;
    private long cpuBefore;

    /**
     * Measures.
     *
     * @param all changes of the backlog
     * @param cpu nanoseconds that the reader has used by now
     */
    SecondHalf(int all, LongSupplier cpu) {
        this.all = all;
        this.cpu = cpu;
    }

    void read(int changes) {
        read += changes;
        if (begun == 0 && read >= all / 2) {
            before = read;
            cpuBefore = cpu.getAsLong();
            begun = System.nanoTime();
        }
    }

    boolean isWhole() {
        return read >= all;
    }

    Cost cost() {
        int counted = read - before;
        double seconds = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        double micros = (cpu.getAsLong() - cpuBefore) / (double) TimeUnit.MICROSECONDS.toNanos(1);
        return counted == 0 ? new Cost(0, 0) : new Cost(counted / seconds, micros / counted);
    }
}
