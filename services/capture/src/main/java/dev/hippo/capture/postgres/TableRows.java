// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/** The rows of tables, told in the text of COPY as the log does. Not thread-safe. */
final class TableRows {
    /** A table that cannot be locked for so long is read later: meanwhile everybody else would wait behind us. */
    private static final String LONGEST_LOCK = "10s";

    /** The table and its partitions whose files are others now than in what the transaction sees, or that it does not see at all. */
    private static final String WRITTEN_ANEW = """
            select now.id::regclass::text
            from (select ?::regclass::oid as id union select relid::oid from pg_partition_tree(?::regclass)) now
              left join pg_class c on c.oid = now.id
            where c.oid is null or (c.relkind = 'r' and c.relfilenode <> pg_relation_filenode(c.oid)) limit 1""";

    private final PostgresSettings settings;
    private final Connection connection;
    private final Contracts contracts;

    TableRows(PostgresSettings settings, Connection connection, Contracts contracts) {
        this.settings = settings;
        this.connection = connection;
        this.contracts = contracts;
    }

    /** Begins a transaction, which sees what is there at its first question. */
    void begin() throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
    }

    /** Keeps the tables as they are until the transaction's end. Not while something is waited for that whoever waits for the tables may hold: PostgreSQL does not see such a circle. */
    void lock(List<SourceTable> tables) throws SourceFailure, SQLException {
        String names = tables.stream().map(Names::quoted).collect(Collectors.joining(", "));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '" + LONGEST_LOCK + "'");
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

    /**
     * For a transaction that sees a moment from before the lock: a table that was written anew between the two has no rows in it.
     *
     * @throws SourceFailure if one was; it may be read again at once
     */
    void checkNotWrittenAnew(List<SourceTable> tables) throws SourceFailure, SQLException {
        try (PreparedStatement query = connection.prepareStatement(WRITTEN_ANEW)) {
            for (SourceTable table : tables) {
                query.setString(1, Names.quoted(table));
                query.setString(2, Names.quoted(table));
                try (ResultSet row = query.executeQuery()) {
                    if (row.next()) {
                        throw new SourceFailure(
                                Kind.PASSING,
                                "Table " + table.fullName() + " was written anew (" + row.getString(1)
                                        + ") when its rows were about to be read");
                    }
                }
            }
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
