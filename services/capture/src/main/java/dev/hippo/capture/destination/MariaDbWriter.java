// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows in the driver's batches: to MariaDB each is one message of its own protocol for them. */
final class MariaDbWriter implements RowWriter {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final String OUT_OF_RANGE = "22003";

    private final MariaDbDialect dialect;
    private final Connection connection;
    private final TargetTable table;
    private final String upsert;
    private final String delete;
    private final String empty;

    MariaDbWriter(MariaDbDialect dialect, Connection connection, TargetTable table) {
        this.dialect = dialect;
        this.connection = connection;
        this.table = table;
        List<String> key =
                table.keyColumns().stream().map(TableShape.Column::name).toList();
        this.upsert = dialect.upsert(table.name(), table.columnNames(), key);
        this.delete = dialect.delete(table.name(), key);
        this.empty = "delete from " + dialect.quoted(table.name());
    }

    @Override
    public void upsert(List<@Nullable Object[]> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(upsert)) {
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    set(statement, i + 1, table.fields().get(i), row[i]);
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public int update(@Nullable Object[] row, Set<Integer> untold) throws SQLException {
        List<Integer> values = table.values(untold);
        if (values.isEmpty()) {
            return 1;
        }
        List<Integer> parameters = new ArrayList<>(values);
        parameters.addAll(table.key());
        try (PreparedStatement statement =
                connection.prepareStatement(dialect.update(table.name(), names(values), names(table.key())))) {
            for (int i = 0; i < parameters.size(); i++) {
                int column = parameters.get(i);
                set(statement, i + 1, table.fields().get(column), row[column]);
            }
            return statement.executeUpdate();
        }
    }

    private List<String> names(List<Integer> columns) {
        return columns.stream().map(table.columnNames()::get).toList();
    }

    @Override
    public void delete(List<Object[]> keys) throws SQLException {
        List<RowField> fields = table.keyFields();
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            for (Object[] key : keys) {
                for (int i = 0; i < key.length; i++) {
                    set(statement, i + 1, fields.get(i), key[i]);
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    @Override
    public void empty() throws SQLException {
        // not TRUNCATE, which ends the transaction
        try (PreparedStatement statement = connection.prepareStatement(empty)) {
            statement.executeUpdate();
        }
    }

    private static void set(PreparedStatement statement, int at, RowField field, @Nullable Object value)
            throws SQLException {
        if (value instanceof List<?> list) {
            statement.setString(at, json(list));
            return;
        }
        if (value == null) {
            statement.setNull(at, type(field.kind()));
            return;
        }
        switch (field.kind()) {
            case BOOL -> statement.setBoolean(at, (Boolean) value);
            case INT32 -> statement.setInt(at, (Integer) value);
            case INT64, UINT32 -> statement.setLong(at, (Long) value);
            case FLOAT -> statement.setFloat(at, (float) finite((Float) value));
            case DOUBLE -> statement.setDouble(at, finite((Double) value));
            case BYTES -> statement.setBytes(at, (byte[]) value);
            case UINT64, TEXT, MOMENT, JSON -> statement.setString(at, text(value));
        }
    }

    private static double finite(double value) throws SQLException {
        if (!Double.isFinite(value)) {
            throw new SQLException("the database has no " + value, OUT_OF_RANGE);
        }
        return value;
    }

    private static int type(RowField.Kind kind) {
        return switch (kind) {
            case BOOL -> Types.BOOLEAN;
            case INT32 -> Types.INTEGER;
            case INT64, UINT32 -> Types.BIGINT;
            case FLOAT -> Types.REAL;
            case DOUBLE -> Types.DOUBLE;
            case BYTES -> Types.VARBINARY;
            case UINT64, TEXT, MOMENT, JSON -> Types.VARCHAR;
        };
    }

    private static String text(Object value) {
        return value instanceof Instant moment ? MOMENT.format(moment) : value.toString();
    }

    /** A list as a JSON array: numbers as numbers, as far as JSON has them, bytes in base 64. */
    static String json(List<?> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object value : values) {
            if (value instanceof Boolean flag) {
                array.add(flag);
            } else if (value instanceof Integer number) {
                array.add(number);
            } else if (value instanceof Long number) {
                array.add(number);
            } else if (value instanceof Double number && Double.isFinite(number)) {
                array.add(number);
            } else if (value instanceof Float number && Float.isFinite(number)) {
                array.add(number);
            } else if (value instanceof byte[] bytes) {
                array.add(bytes);
            } else {
                array.add(value.toString());
            }
        }
        return array.toString();
    }
}
