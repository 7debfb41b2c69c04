// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.bank;

import java.sql.SQLException;

/** Somebody who changes a database, a transaction at a time. Not thread-safe: its own thread owns it. */
interface Worker extends AutoCloseable {
    /** Commits one transaction, or finds that there is nothing to do. */
    void work() throws SQLException;

    @Override
    void close() throws SQLException;
}
