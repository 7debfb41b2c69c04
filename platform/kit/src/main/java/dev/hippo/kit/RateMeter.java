// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Events per second over the last few seconds, from a total that only grows. Not thread-safe: the heartbeat owns it. */
final class RateMeter {
    private static final Duration WINDOW = Duration.ofSeconds(5);

    private record Sample(Instant at, long total) {}

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** Takes the total of now and returns the rate since the oldest sample in the window; 0 for the first. */
    double sample(Instant now, long total) {
        while (samples.size() > 1
                && Duration.between(samples.getFirst().at(), now).compareTo(WINDOW) > 0) {
            samples.removeFirst();
        }
        samples.addLast(new Sample(now, total));
        Sample oldest = samples.getFirst();
        long millis = Duration.between(oldest.at(), now).toMillis();
        return millis <= 0 ? 0 : (total - oldest.total()) * 1_000.0 / millis;
    }
}
