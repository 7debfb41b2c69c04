// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/** The rows of tables, told in the text of COPY as the log does. Not thread-safe. */
final class TableRows {
    private final PostgresSettings settings;
    private final Connection connection;
    private final Contracts contracts;

    TableRows(PostgresSettings settings, Connection connection, Contracts contracts) {
        this.settings = settings;
        this.connection = connection;
        this.contracts = contracts;
    }

    /** Begins a transaction that keeps the tables as they are until its end: a table that is written anew would be empty for a snapshot from before. */
    void lock(List<SourceTable> tables) throws SourceFailure, SQLException {
        String names = tables.stream().map(Names::quoted).collect(Collectors.joining(", "));
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LOCK TABLE " + names + " IN ACCESS SHARE MODE");
        } catch (SQLException e) {
            if (Refusal.NO_RIGHT.equals(e.getSQLState())) {
                String user = Names.quoted(settings.user());
                String schemas = tables.stream()
                        .map(table -> Names.quoted(table.schema()))
                        .distinct()
                        .collect(Collectors.joining(", "));
                throw new SourceFailure(
                        Kind.SETTING,
                        "User '" + settings.user() + "' has no right to read the rows (" + Refusal.words(e)
                                + "); run GRANT USAGE ON SCHEMA " + schemas + " TO " + user + "; GRANT SELECT ON "
                                + names + " TO " + user,
                        e);
            }
            throw e;
        }
    }

    void tell(Catalog.Described described, SnapshotListener to)
            throws SourceFailure, SQLException, InterruptedException {
        TableEncoder encoder =
                TableEncoder.of(described.table(), described.types(), contracts, (table, columns, key) -> null);
        to.table(described.table());
        String columns = described.table().columns().stream()
                .map(column -> Names.quoted(column.name()))
                .collect(Collectors.joining(", "));
        CopyManager manager = connection.unwrap(PGConnection.class).getCopyAPI();
        CopyOut copy = manager.copyOut("COPY (SELECT " + columns + " FROM " + described.rows() + ") TO STDOUT");
        Tuple row = new Tuple();
        for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
            row.readLine(line);
            to.row(encoder.read(row));
        }
    }
}
