// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes to the tables of a hippo over one connection, in the transaction that is open. Not thread-safe. */
final class TableWriters {
    private final Dialect dialect;
    private final Login login;
    private final Map<TopicTable, RowWriter> writers = new HashMap<>();

    TableWriters(Dialect dialect, Login login, Connection connection, Collection<TopicTable> tables) {
        this.dialect = dialect;
        this.login = login;
        tables.forEach(table -> writers.put(table, dialect.writer(connection, table.table())));
    }

    /** Takes rows away, named by the values of their keys, and then puts others there, of which no two may have the same key: what is written may need what the first leave free. */
    void write(TopicTable table, List<Object[]> gone, List<@Nullable Object[]> written) throws SQLException {
        RowWriter writer = writer(table);
        if (!gone.isEmpty()) {
            writer.delete(gone);
        }
        if (!written.isEmpty()) {
            writer.upsert(written);
        }
    }

    /**
     * Does what one record does.
     *
     * @throws HippoFailure if the database refuses it, and always will
     */
    void write(RowChange change) throws SQLException, HippoFailure {
        @Nullable Object[] row = change.row();
        try {
            if (row == null) {
                write(change.to(), Collections.singletonList(change.key()), List.of());
            } else if (change.untold().isEmpty() || writer(change.to()).update(row, change.untold()) == 0) {
                write(change.to(), List.of(), Collections.singletonList(row));
            }
        } catch (SQLException e) {
            if (dialect.passes(e)) {
                throw e;
            }
            throw change.to().refused(change.record(), change.name(), dialect.words(e), dialect.advice(e, login));
        }
    }

    /** Takes all rows of a table away. */
    void empty(TopicTable table) throws SQLException {
        writer(table).empty();
    }

    private RowWriter writer(TopicTable table) {
        RowWriter writer = writers.get(table);
        if (writer == null) {
            throw new IllegalStateException("no writer for " + table.table().name());
        }
        return writer;
    }
}
