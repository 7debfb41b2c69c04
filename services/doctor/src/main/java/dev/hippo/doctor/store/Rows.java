// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks and changes with parameters in their order. */
final class Rows {
    private Rows() {}

    /** Makes something of a row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    static <T> List<T> read(Connection connection, String sql, List<?> parameters, Reader<T> reader)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            set(statement, parameters);
            try (ResultSet rows = statement.executeQuery()) {
                List<T> all = new ArrayList<>();
                while (rows.next()) {
                    all.add(reader.read(rows));
                }
                return all;
            }
        }
    }

    /** Runs one change with each list of parameters; the numbers of rows changed. */
    static int[] change(Connection connection, String sql, List<? extends List<?>> all) throws SQLException {
        if (all.isEmpty()) {
            return new int[0];
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (List<?> parameters : all) {
                set(statement, parameters);
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }

    /** Updates, and inserts those that were not there. Both take the same parameters, the key last. */
    static void put(Connection connection, String update, String insert, List<? extends List<?>> all)
            throws SQLException {
        int[] updated = change(connection, update, all);
        List<List<?>> missing = new ArrayList<>();
        for (int i = 0; i < updated.length; i++) {
            if (updated[i] == 0) {
                missing.add(all.get(i));
            }
        }
        change(connection, insert, missing);
    }

    private static void set(PreparedStatement statement, List<?> parameters) throws SQLException {
        for (int i = 0; i < parameters.size(); i++) {
            @Nullable Object parameter = parameters.get(i);
            if (parameter == null) {
                statement.setNull(i + 1, java.sql.Types.BIGINT);
            } else if (parameter instanceof String text) {
                // PostgreSQL takes every character but this one
                statement.setString(i + 1, text.replace('\0', '\uFFFD'));
            } else {
                statement.setObject(i + 1, parameter);
            }
        }
    }
}
