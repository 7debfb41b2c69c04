// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One statement for all rows of a batch: an array for each column. */
final class PostgresWriter implements RowWriter {
    private final PostgresDialect dialect;
    private final Connection connection;
    private final TargetTable table;
    private final String upsert;
    private final String delete;
    private final String empty;

    PostgresWriter(PostgresDialect dialect, Connection connection, TargetTable table) {
        this.dialect = dialect;
        this.connection = connection;
        this.table = table;
        this.upsert = upsert(dialect, table);
        this.delete = delete(dialect, table);
        this.empty = "delete from " + dialect.quoted(table.name());
    }

    static String upsert(PostgresDialect dialect, TargetTable table) {
        int columns = table.columns().size();
        String names = table.columnNames().stream().map(dialect::quoted).collect(Collectors.joining(", "));
        String values = join(
                ", ",
                columns,
                i -> "cast(v.c" + i + " as " + table.columns().get(i).cast() + ")");
        String arrays =
                join(", ", columns, i -> "cast(? as " + element(table.fields().get(i)) + "[])");
        // the words about SYSTEM VALUE let an identity column take the row's own
        return "insert into " + dialect.quoted(table.name()) + " (" + names + ") overriding system value select "
                + values
                + " from unnest(" + arrays + ") as v(" + join(", ", columns, i -> "c" + i) + ") "
                + dialect.onConflict(
                        table.columnNames(),
                        table.keyColumns().stream().map(TableShape.Column::name).toList());
    }

    static String delete(PostgresDialect dialect, TargetTable table) {
        List<RowField> fields = table.keyFields();
        List<TableShape.Column> columns = table.keyColumns();
        int size = columns.size();
        if (size == 1) {
            return "delete from " + dialect.quoted(table.name()) + " where "
                    + dialect.quoted(columns.get(0).name()) + " = any(cast(cast(? as "
                    + element(fields.get(0)) + "[]) as " + columns.get(0).cast() + "[]))";
        }
        String arrays = join(", ", size, i -> "cast(? as " + element(fields.get(i)) + "[])");
        return "delete from " + dialect.quoted(table.name()) + " as t using unnest(" + arrays + ") as v("
                + join(", ", size, i -> "c" + i) + ") where "
                + join(
                        " and ",
                        size,
                        i -> "t." + dialect.quoted(columns.get(i).name()) + " = cast(v.c" + i + " as "
                                + columns.get(i).cast() + ")");
    }

    private static String join(String between, int count, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(between));
    }

    /** The type in which values travel; what is not listed travels as text, which the server reads as the column's type. */
    private static String element(RowField field) {
        if (field.list()) {
            return "text";
        }
        return switch (field.kind()) {
            case BOOL -> "bool";
            case INT32 -> "int4";
            case INT64, UINT32 -> "int8";
            case FLOAT -> "float4";
            case DOUBLE -> "float8";
            case BYTES -> "bytea";
            case UINT64, TEXT, MOMENT, JSON -> "text";
        };
    }

    @Override
    public void upsert(List<@Nullable Object[]> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(upsert)) {
            for (int i = 0; i < table.columns().size(); i++) {
                int column = i;
                statement.setArray(i + 1, array(table.fields().get(i), rows.size(), row -> rows.get(row)[column]));
            }
            statement.executeUpdate();
        }
    }

    static String update(PostgresDialect dialect, TargetTable table, List<Integer> values) {
        List<Integer> told = told(table, values);
        List<String> names = table.columnNames().stream().map(dialect::quoted).toList();
        IntFunction<String> cast =
                i -> "cast(v.c" + i + " as " + table.columns().get(told.get(i)).cast() + ")";
        return "update " + dialect.quoted(table.name()) + " as t set "
                + join(", ", values.size(), i -> names.get(values.get(i)) + " = " + cast.apply(i))
                + " from unnest("
                + join(
                        ", ",
                        told.size(),
                        i -> "cast(? as " + element(table.fields().get(told.get(i))) + "[])")
                + ") as v(" + join(", ", told.size(), i -> "c" + i) + ") where "
                + join(
                        " and ",
                        table.key().size(),
                        i -> "t." + names.get(table.key().get(i)) + " = " + cast.apply(values.size() + i));
    }

    /** The columns that are set, and then those of the key. */
    private static List<Integer> told(TargetTable table, List<Integer> values) {
        List<Integer> told = new ArrayList<>(values);
        told.addAll(table.key());
        return told;
    }

    @Override
    public int update(@Nullable Object[] row, Set<Integer> untold) throws SQLException {
        List<Integer> values = table.values(untold);
        if (values.isEmpty()) {
            return 1;
        }
        List<Integer> told = told(table, values);
        try (PreparedStatement statement = connection.prepareStatement(update(dialect, table, values))) {
            for (int i = 0; i < told.size(); i++) {
                int column = told.get(i);
                statement.setArray(i + 1, array(table.fields().get(column), 1, only -> row[column]));
            }
            return statement.executeUpdate();
        }
    }

    @Override
    public void delete(List<Object[]> keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            List<RowField> fields = table.keyFields();
            for (int i = 0; i < fields.size(); i++) {
                int part = i;
                statement.setArray(i + 1, array(fields.get(i), keys.size(), row -> keys.get(row)[part]));
            }
            statement.executeUpdate();
        }
    }

    @Override
    public void empty() throws SQLException {
        // not TRUNCATE: for those who read the table it is empty before the transaction ends
        try (PreparedStatement statement = connection.prepareStatement(empty)) {
            statement.executeUpdate();
        }
    }

    /** A value of a row. */
    private interface Cell {
        @Nullable
        Object of(int row);
    }

    private Array array(RowField field, int rows, Cell cell) throws SQLException {
        String element = element(field);
        @Nullable
        Object[] values = switch (element) {
            case "bool" -> new Boolean[rows];
            case "int4" -> new Integer[rows];
            case "int8" -> new Long[rows];
            case "float4" -> new Float[rows];
            case "float8" -> new Double[rows];
            case "bytea" -> new byte[rows][];
            default -> new String[rows];
        };
        boolean text = element.equals("text");
        for (int row = 0; row < rows; row++) {
            Object value = cell.of(row);
            values[row] = value == null || !text ? value : text(value);
        }
        return connection.createArrayOf(element, values);
    }

    private static String text(Object value) {
        return value instanceof List<?> list ? literal(list) : value.toString();
    }

    /** A list as PostgreSQL writes an array. */
    static String literal(List<?> values) {
        return values.stream()
                .map(value ->
                        value instanceof byte[] bytes ? "\\x" + HexFormat.of().formatHex(bytes) : value.toString())
                .map(text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(",", "{", "}"));
    }
}
