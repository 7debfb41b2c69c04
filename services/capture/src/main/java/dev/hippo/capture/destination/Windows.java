// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.change.v1.Transaction;
import dev.hippo.kit.HippoFailure;
import org.jspecify.annotations.Nullable;

/**
 * Where the reading of a topic of all changes is: between two transactions of the source or within one. A transaction of the source is in the topic whole or not at all. Not so a snapshot: its rows
 * are there as they were read, and it may have broken off; so it is read to its end first, with nothing done, and then again. Not thread-safe.
 */
final class Windows {
    /** How the rows of a first snapshot name their transaction. */
    static final String SNAPSHOT = "snapshot";

    /** What is to be done with a change. */
    enum Step {
        APPLY,
        /** Nothing: it is not known yet whether the snapshot is whole. */
        WAIT,
        /** The snapshot that begins at {@link #start} is whole: it is read again from there. */
        AGAIN
    }

    private @Nullable String open;
    private int next;
    private long start;
    private boolean looking;
    /** Before this place a snapshot is known to be whole. */
    private long known;

    /** Whether all that was told is whole. */
    boolean between() {
        return open == null;
    }

    /** The place of the first change of the window that was told last. */
    long start() {
        return start;
    }

    /**
     * Takes the next change.
     *
     * @param place of it in the topic
     * @throws HippoFailure if it is not the next one
     */
    Step take(long place, Transaction transaction) throws HippoFailure {
        if (looking && transaction.getIndex() == 0) {
            // the snapshot broke off: another takes its place, or there was nothing any more to tell
            open = null;
        }
        String window = open;
        if (window == null) {
            if (transaction.getIndex() != 0) {
                throw broken(place, transaction, "a transaction should begin");
            }
            open = transaction.getId();
            next = 0;
            start = place;
            looking = transaction.getId().equals(SNAPSHOT) && place >= known;
        } else if (transaction.getIndex() != next || !transaction.getId().equals(window)) {
            throw broken(place, transaction, window + "/" + next + " should follow");
        }
        next++;
        if (transaction.hasEnd()) {
            open = null;
        }
        if (!looking) {
            return Step.APPLY;
        }
        if (!transaction.hasEnd()) {
            return Step.WAIT;
        }
        looking = false;
        known = place + 1;
        return Step.AGAIN;
    }

    private static HippoFailure broken(long place, Transaction transaction, String expected) {
        return new HippoFailure(
                "the topic of all changes has change " + transaction.getId() + "/"
                        + transaction.getIndex() + " at offset " + place + " where " + expected
                        + "; was it written by somebody else, or were records taken out of it? Nothing of this transaction is in the database");
    }
}
