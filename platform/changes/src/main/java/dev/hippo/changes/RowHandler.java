// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;

/** Takes changes of single rows. Called by several threads, for one row by one at a time and in the order of its changes. */
@FunctionalInterface
public interface RowHandler {
    /**
     * Takes a change. It may be told again after it was taken.
     *
     * @throws TargetAwayException if no row is to blame: it is told again until it is taken
     * @throws Exception if it cannot be taken: it is told again some times, then the row is parked
     */
    void take(ChangeEvent change) throws Exception;
}
