// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes rows to one table over one connection, in the transaction that is open. Not thread-safe. */
interface RowWriter {
    /** Puts rows in the places of those with the same keys; no two may have the same. */
    void upsert(List<@Nullable Object[]> rows) throws SQLException;

    /**
     * Gives a row that is there the values of a change that does not tell all of them.
     *
     * @param untold places of columns that keep what they have
     * @return how many rows were there: one, or none
     */
    int update(@Nullable Object[] row, Set<Integer> untold) throws SQLException;

    /** Takes rows away, as far as they are there. Each is named by the values of its key. */
    void delete(List<Object[]> keys) throws SQLException;

    /** Takes all rows away. */
    void empty() throws SQLException;
}
