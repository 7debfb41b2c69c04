// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.time.Duration;
import java.time.Instant;

/**
 * What a service said of itself last.
 *
 * @param state as the heartbeat has it
 * @param interval until the next heartbeat was to come
 */
public record ServiceStatus(
        String name,
        String kind,
        String state,
        String host,
        long pid,
        int port,
        Instant beatAt,
        Duration interval,
        Instant progressAt,
        long lag,
        String position,
        String error) {
    /** Heartbeats that may be missing before nothing is said of a service any more. */
    private static final int MISSING = 3;

    /**
     * How the service is: {@code sleep} when it stopped as asked, {@code dead} when it said that it cannot go on, {@code unknown} when it said neither and is
     * not heard any more.
     */
    public String stateAt(Instant now) {
        return switch (state) {
            case "stopped" -> "sleep";
            case "failed" -> "dead";
            default -> now.isAfter(beatAt.plus(interval.multipliedBy(MISSING))) ? "unknown" : "running";
        };
    }
}
