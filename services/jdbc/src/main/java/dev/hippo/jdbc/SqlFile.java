// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Result;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file of statements that happens as a whole or not at all. Rows that are read and written are counted. */
record SqlFile(String name, List<SqlStatement> statements) {
    private static final int FETCH = 1_000;

    SqlFile {
        statements = List.copyOf(statements);
    }

    /**
     * Does it.
     *
     * @param variables what the parameters stand for
     * @param interruption may stop a statement from another thread
     * @param log takes the rows of the file's last statement, if it is a query
     * @throws SqlFailure if a statement fails; nothing has happened then, unless the database ends transactions by itself, as some do for DDL
     */
    void run(
            Connection database,
            Map<String, String> variables,
            Interruption interruption,
            Result result,
            PrintStream log)
            throws SqlFailure {
        try {
            database.setAutoCommit(false);
        } catch (SQLException e) {
            throw new SqlFailure("the database makes no transactions: " + e.getMessage(), e);
        }
        Optional<LastRows> last = Optional.empty();
        for (SqlStatement statement : statements) {
            try {
                last = run(database, statement, variables, interruption, result);
            } catch (SQLException e) {
                rollback(database, e);
                throw new SqlFailure(
                        name + ":" + statement.line() + ": " + e.getMessage() + "; nothing of the file was kept", e);
            }
        }
        try {
            database.commit();
        } catch (SQLException e) {
            throw new SqlFailure(
                    name + ": the end of the transaction was not confirmed, and may have happened: " + e.getMessage(),
                    e);
        }
        last.ifPresent(rows -> rows.tell(result, log));
        result.put("statements", statements.size());
    }

    private static void rollback(Connection database, SQLException because) {
        try {
            database.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private static Optional<LastRows> run(
            Connection database,
            SqlStatement statement,
            Map<String, String> variables,
            Interruption interruption,
            Result result)
            throws SQLException {
        try (PreparedStatement prepared = database.prepareStatement(statement.text())) {
            boolean untyped = database.getMetaData().getDatabaseProductName().equals("PostgreSQL");
            prepared.setFetchSize(FETCH);
            for (int i = 0; i < statement.parameters().size(); i++) {
                String value = variables.getOrDefault(statement.parameters().get(i), "");
                if (untyped) {
                    // PostgreSQL takes a text for a text only
                    prepared.setObject(i + 1, value, Types.OTHER);
                } else {
                    prepared.setString(i + 1, value);
                }
            }
            interruption.runs(prepared);
            boolean rows = prepared.execute();
            Optional<LastRows> last = Optional.empty();
            while (true) {
                if (rows) {
                    last = Optional.of(read(prepared.getResultSet(), result));
                } else if (prepared.getUpdateCount() >= 0) {
                    result.rowsOut(prepared.getUpdateCount());
                } else {
                    return last;
                }
                rows = prepared.getMoreResults();
            }
        } finally {
            interruption.ran();
        }
    }

    private static LastRows read(ResultSet rows, Result result) throws SQLException {
        try (rows) {
            ResultSetMetaData columns = rows.getMetaData();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                names.add(columns.getColumnLabel(i));
            }
            LastRows last = new LastRows(names);
            while (rows.next()) {
                if (last.wantsMore()) {
                    List<Optional<Object>> cells = new ArrayList<>();
                    for (int i = 1; i <= names.size(); i++) {
                        Object value = rows.getObject(i);
                        // what else there is looks better as the driver writes it
                        cells.add(Optional.ofNullable(
                                value instanceof Number || value instanceof Boolean ? value : rows.getString(i)));
                    }
                    last.add(cells);
                } else {
                    last.count(1);
                }
            }
            result.rowsIn(last.count());
            return last;
        }
    }
}
