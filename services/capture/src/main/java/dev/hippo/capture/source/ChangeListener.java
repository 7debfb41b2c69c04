// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.time.Instant;

/**
 * Is told of a source's log: transaction by transaction in the order of their commits, in each change by change in the order of the statements. Called by one thread. Blocking
 * holds the source up.
 */
public interface ChangeListener {
    /**
     * A transaction begins.
     *
     * @param id in the source's own words
     * @param committedAt by the source's clock
     */
    void begin(String id, Instant committedAt) throws InterruptedException;

    /** A change of the transaction. */
    void change(RowChange change) throws InterruptedException;

    /**
     * The transaction is whole.
     *
     * @param behind where to go on when everything up to here is stored; greater than all before
     */
    void commit(Position behind) throws InterruptedException;

    /** Nothing of interest happened up to here; comes between transactions, so that a position advances while nothing matches. */
    void advanced(Position to) throws InterruptedException;
}
