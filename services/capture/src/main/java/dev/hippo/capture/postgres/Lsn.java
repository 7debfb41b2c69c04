// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.Position;
import org.postgresql.replication.LogSequenceNumber;

/** Places in PostgreSQL's log, as positions: eight bytes, the first the highest. */
final class Lsn {
    private Lsn() {}

    static Position position(long epoch, long lsn) {
        byte[] log = new byte[Long.BYTES];
        Bytes.putLong(log, 0, lsn);
        return new Position(epoch, log);
    }

    static long of(Position position) {
        byte[] log = position.log();
        if (log.length != Long.BYTES) {
            throw new IllegalArgumentException("position " + position + " is not of PostgreSQL's log");
        }
        return Bytes.longAt(log, 0);
    }

    static long parse(String text) {
        return LogSequenceNumber.valueOf(text).asLong();
    }

    /** Such as {@code 0/16B3748}. */
    static String text(long lsn) {
        return LogSequenceNumber.valueOf(lsn).asString();
    }
}
