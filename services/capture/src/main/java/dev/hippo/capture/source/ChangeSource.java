// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.util.List;
import java.util.Optional;

/** A database whose log is read. One thread reads; {@link #stored} and {@link #close} may be called by any. */
public interface ChangeSource extends AutoCloseable {
    /**
     * The tables that are asked for, as they are now; a source that knows tables only by their rows tells names alone.
     *
     * @throws SourceFailure if one is not there or has a type that no contract can tell, with what to do
     */
    List<SourceTable> tables() throws SourceFailure, InterruptedException;

    /** Where the log ends now: a stream from here tells of everything that commits later. */
    Position now() throws SourceFailure, InterruptedException;

    /**
     * Tells the rows of tables as they all were at one place of the log, for a source of which nothing is stored. What an earlier one that broke off has left at the source is taken
     * away, and the rows are told from the first again. Needs no stop of who writes to the tables, beyond moments.
     *
     * @param tables which; told are their columns as of the place, should they have changed since
     * @return the place: {@link #stream} from here tells of everything that committed later, and of nothing that the rows have already
     * @throws SourceFailure if they cannot be read; nothing that was told counts then
     */
    Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException;

    /**
     * Tells the rows that tables have now, as they all are at one moment, for tables that are added to a source of which something is stored. What a stream from the position tells of them later is in part in
     * the rows already; told after them, it brings them to the same end.
     *
     * @param stored what is stored; told as the place of these rows
     * @throws SourceFailure if they cannot be read; nothing that was told counts then
     */
    void rows(List<SourceTable> tables, Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException;

    /**
     * Reads the first rows of a range of a table's keys, beside a stream. Needs no stop of who writes to the table.
     *
     * @param most how many rows, at least 1
     * @throws SourceFailure if they cannot be read: the table has no key, a bound is no value of its column, the source has no such order
     */
    default Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure, InterruptedException {
        throw new SourceFailure(
                SourceFailure.Kind.SETTING, "This source cannot tell a part of table " + table.fullName());
    }

    /**
     * Tells of everything behind a position until {@link #close}.
     *
     * @throws SourceFailure if the log cannot be read, and above all if it does not reach back to the position any more
     */
    void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException;

    /** Lets the source forget its log up to here: everything before is stored. */
    void stored(Position upTo);

    /** What looks after the log meanwhile; empty for a source without a log of its own. Not connected yet, and of no use any more after {@link #close}. */
    default Optional<LogWatch> watch() {
        return Optional.empty();
    }

    /** A position in the source's own words, such as an LSN or a GTID. */
    String describe(Position position);

    @Override
    void close();
}
