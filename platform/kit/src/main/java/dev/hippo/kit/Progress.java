// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.util.concurrent.atomic.LongAdder;

/** What a hippo has done since it started. The service writes, heartbeat and health read. Thread-safe. */
public final class Progress {
    private final LongAdder in = new LongAdder();
    private final LongAdder out = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private volatile String position = "";
    private volatile long lag;

    /** Counts events taken in. */
    public void in(long events) {
        in.add(events);
    }

    /** Counts events given on: acknowledged by Kafka, committed to a table, rows answered. */
    public void out(long events) {
        out.add(events);
    }

    /** Counts events refused or set aside. */
    public void rejected(long events) {
        rejected.add(events);
    }

    /** Says how far the hippo is, in its own words: {@code flights/0@120 flights/1@99}, {@code version 12}, {@code checkpoint 7}. */
    public void position(String now) {
        position = now;
    }

    /** Says how many events it is behind what it reads; 0 for one that reads nothing. */
    public void lag(long events) {
        lag = events;
    }

    public long in() {
        return in.sum();
    }

    public long out() {
        return out.sum();
    }

    public long rejected() {
        return rejected.sum();
    }

    public String position() {
        return position;
    }

    public long lag() {
        return lag;
    }
}
