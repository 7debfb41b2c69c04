// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;

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
     * @throws SqlFailure if a statement fails; nothing has happened then, unless the database ends transactions by itself, as some do for DDL
     */
    void run(Connection database, Map<String, String> variables, Result result) throws SqlFailure {
        try {
            database.setAutoCommit(false);
        } catch (SQLException e) {
            throw new SqlFailure("the database makes no transactions: " + e.getMessage(), e);
        }
        for (SqlStatement statement : statements) {
            try {
                run(database, statement, variables, result);
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
        result.put("statements", statements.size());
    }

    private static void rollback(Connection database, SQLException because) {
        try {
            database.rollback();
        } catch (SQLException e) {
            because.addSuppressed(e);
        }
    }

    private static void run(Connection database, SqlStatement statement, Map<String, String> variables, Result result)
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
            boolean rows = prepared.execute();
            while (true) {
                if (rows) {
                    count(prepared.getResultSet(), result);
                } else if (prepared.getUpdateCount() >= 0) {
                    result.rowsOut(prepared.getUpdateCount());
                } else {
                    return;
                }
                rows = prepared.getMoreResults();
            }
        }
    }

    private static void count(ResultSet rows, Result result) throws SQLException {
        try (rows) {
            long count = 0;
            while (rows.next()) {
                count++;
            }
            result.rowsIn(count);
        }
    }
}
