// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** Makes ids for events that come without one, and trace contexts for requests that come without one. Thread-safe. */
final class EventIds {
    private final InstantSource clock;
    private final long process = new SecureRandom().nextLong();

    EventIds(InstantSource clock) {
        this.clock = clock;
    }

    /** A new id in the layout of a version 7 UUID (RFC 9562): ids of one door sort by time. */
    String next() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = clock.millis() << 16 | 0x7000 | random.nextInt(0x1000);
        long low = 0x8000_0000_0000_0000L | (random.nextLong() ^ process) >>> 2;
        return new java.util.UUID(high, low).toString();
    }

    /** A new W3C {@code traceparent}, sampled. */
    String traceparent() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return "00-" + hex.toHexDigits(random.nextLong() ^ process) + hex.toHexDigits(random.nextLong() | 1) + "-"
                + hex.toHexDigits(random.nextLong() | 1) + "-01";
    }
}
