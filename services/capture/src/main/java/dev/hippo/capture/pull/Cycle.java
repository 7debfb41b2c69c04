// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.Position;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** How cycles are positions: their number, then a number by chance, so that what two processes had found in a cycle of the same number is not confused. */
final class Cycle {
    private static final SecureRandom CHANCE = new SecureRandom();

    private Cycle() {}

    static Position first(long epoch) {
        return at(epoch, 1);
    }

    /** A position behind all of the cycle before, and of no other attempt. */
    static Position after(Position before) {
        return at(before.epoch(), number(before) + 1);
    }

    private static Position at(long epoch, long number) {
        byte[] log = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(number)
                .putLong(CHANCE.nextLong())
                .array();
        return new Position(epoch, log);
    }

    static long number(Position position) {
        byte[] log = position.log();
        return log.length < Long.BYTES ? 0 : ByteBuffer.wrap(log).getLong();
    }
}
