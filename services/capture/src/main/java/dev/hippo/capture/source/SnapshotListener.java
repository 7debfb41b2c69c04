// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.time.Instant;

/**
 * Is told the rows of tables as they all were at one place of their source's log: table by table. Called by one thread. Blocking holds the source up. The rows may be stored as they
 * come, but a position only after {@link #end}: until then the source begins again, and rows that have gone since are not told again (whoever stored them says so by a {@link
 * RowChange.Op#TRUNCATE} at {@link #table}).
 */
public interface SnapshotListener {
    /**
     * Comes first.
     *
     * @param at the place; all that a stream tells of later is behind it
     * @param takenAt by the source's clock
     */
    void begin(Position at, Instant takenAt) throws InterruptedException;

    /** All rows of this table follow, as far as there are any. Tables come one after the other, each once. */
    void table(SourceTable table) throws InterruptedException;

    /** A row of the table, with {@link RowChange.Op#READ}. */
    void row(RowChange read) throws InterruptedException;

    /** All was told. */
    void end() throws InterruptedException;
}
