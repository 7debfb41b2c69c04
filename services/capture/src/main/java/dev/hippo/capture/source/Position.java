// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The place in a source's log behind a whole transaction (Databus: SCN). Ordered: first the epoch, then the bytes, unsigned. Only the source knows what the bytes mean. Immutable.
 *
 * @param epoch rises when the source begins a new history; at least 0
 * @param log the place, in a form whose bytes have the order of the log
 */
public record Position(long epoch, byte[] log) implements Comparable<Position> {
    public Position {
        log = log.clone();
    }

    @Override
    public byte[] log() {
        return log.clone();
    }

    @Override
    public int compareTo(Position other) {
        int byEpoch = Long.compareUnsigned(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Arrays.compareUnsigned(log, other.log);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Position position && epoch == position.epoch && Arrays.equals(log, position.log);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(epoch) + Arrays.hashCode(log);
    }

    /** For logs; sources have better words. */
    @Override
    public String toString() {
        return epoch + ":" + HexFormat.of().formatHex(log);
    }
}
