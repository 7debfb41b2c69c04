// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaUnavailable;

/** Brings what a feed has into a database. Used by one thread. */
interface Delivery {
    /**
     * Brings what is there now; waits a moment if nothing is.
     *
     * @return how many records are in the database since
     * @throws DatabaseAway if the database, and the feed, have to be opened again
     * @throws KafkaUnavailable the same
     * @throws HippoFailure if a person has to do something
     */
    int step() throws DatabaseAway, KafkaUnavailable, HippoFailure;

    /** How far the database is, for people. */
    String position();

    /** Records that are not in the database yet, as far as that is known. */
    long lag();
}
