// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time of day at its making, and from then on as much later as time has really passed: setting the host's clock does not move it. For what measures how long
 * something takes, or has been silent. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
    private final Instant begun;
    private final long nanos = System.nanoTime();

    public SteadyClock(InstantSource timeOfDay) {
        this.begun = timeOfDay.instant();
    }

    @Override
    public Instant instant() {
        return begun.plusNanos(System.nanoTime() - nanos);
    }
}
