// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import org.jspecify.annotations.Nullable;

/** What can be read whole, again and again: a query, files, a program's iterator. Used by one thread; {@link #close} may be called by any. */
public interface Scan extends AutoCloseable {
    /** Is told of rows. */
    @FunctionalInterface
    interface RowListener {
        /**
         * A row.
         *
         * @param place where it is, in a form that {@link Scan#describe} knows; greater than all before
         * @param values by the number of the contract's field; not changed any more
         */
        void row(long place, @Nullable Object[] values) throws SourceFailure, InterruptedException;
    }

    /**
     * Looks whether it can be read, as far as that can be told without reading the rows.
     *
     * @throws SourceFailure if it cannot, or lacks a field of the contract, with what to do
     */
    void check() throws SourceFailure, InterruptedException;

    /**
     * Tells all rows that there are now, in any order.
     *
     * @throws SourceFailure if it breaks off; what was told does not count then
     */
    void read(RowListener to) throws SourceFailure, InterruptedException;

    /** A row's place for people, such as {@code row 17 of the query}. */
    String describe(long place);

    @Override
    void close();
}
