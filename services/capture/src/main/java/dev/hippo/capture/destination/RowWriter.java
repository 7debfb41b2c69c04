// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes rows to one table over one connection, in the transaction that is open. Not thread-safe. */
interface RowWriter {
    /** Puts rows in the places of those with the same keys; no two may have the same. */
    void upsert(List<@Nullable Object[]> rows) throws SQLException;

    /** Takes rows away, as far as they are there. Each is named by the values of its key. */
    void delete(List<Object[]> keys) throws SQLException;
}
