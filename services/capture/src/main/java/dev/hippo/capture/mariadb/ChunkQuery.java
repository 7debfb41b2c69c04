// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What comes behind the columns of a question for rows of a table.
 *
 * @param rest from {@code from} on
 * @param values of its places
 * @param bounded whether the rows are asked for in the order of the key
 */
record ChunkQuery(TableDefinition table, String rest, List<String> values, boolean bounded) {
    ChunkQuery {
        values = List.copyOf(values);
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static String from(TableDefinition table) {
        return " from " + quoted(table.schema()) + "." + quoted(table.name());
    }

    /** All rows, in any order. */
    static ChunkQuery ofAll(TableDefinition table) {
        return new ChunkQuery(table, from(table), List.of(), false);
    }

    /** The first rows of a range of keys. */
    static ChunkQuery of(TableDefinition table, KeyRange range, int most) throws SourceFailure {
        String name = table.table().fullName();
        if (table.key().isEmpty()) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "table " + name
                            + " has no key, so there is no order in which its rows could be read in parts; give it a primary key");
        }
        List<String> values = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        if (!range.from().isEmpty()) {
            conditions.add(bound(table, range.from(), ">", !range.behind(), values));
        }
        if (!range.to().isEmpty()) {
            conditions.add(bound(table, range.to(), "<", true, values));
        }
        String order = table.key().stream().map(ChunkQuery::quoted).collect(Collectors.joining(", "));
        return new ChunkQuery(
                table,
                from(table) + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions)) + " order by "
                        + order + " limit " + most,
                values,
                true);
    }

    /** Column by column, because the server finds no rows by an index when it compares lists: the first alone, so that it does, and then all of them. */
    private static String bound(
            TableDefinition table, Map<String, String> bound, String sign, boolean included, List<String> values)
            throws SourceFailure {
        List<String> key = table.key();
        if (!bound.keySet().containsAll(key)) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "the key of " + table.table().fullName() + " is " + String.join(", ", key) + ", and a bound of "
                            + String.join(", ", bound.keySet()) + " is none of it");
        }
        StringBuilder condition = new StringBuilder();
        condition.append(compared(table, key.get(0), bound, sign + "=", values)).append(" and (");
        for (int i = 0; i < key.size(); i++) {
            boolean last = i == key.size() - 1;
            condition.append(compared(table, key.get(i), bound, last && included ? sign + "=" : sign, values));
            if (!last) {
                condition
                        .append(" or (")
                        .append(compared(table, key.get(i), bound, "=", values))
                        .append(" and (");
            }
        }
        return condition.append("))".repeat(key.size() - 1)).append(')').toString();
    }

    private static String compared(
            TableDefinition table, String name, Map<String, String> bound, String sign, List<String> values)
            throws SourceFailure {
        ColumnDefinition column = Objects.requireNonNull(table.column(name));
        String value = Objects.requireNonNull(bound.get(name));
        check(table, column, value);
        values.add(value);
        return quoted(name) + " " + sign + " " + place(table, column);
    }

    /** A value of the column's own type: a text compared with a number would be compared as a float. */
    private static String place(TableDefinition table, ColumnDefinition column) throws SourceFailure {
        return switch (column.type()) {
            case INT32, INT64 -> "cast(? as signed)";
            case UINT32, UINT64, BOOL -> "cast(? as unsigned)";
            case DECIMAL -> "cast(? as decimal(" + column.size() + "," + column.scale() + "))";
            case DATE -> "cast(? as date)";
            case TIME -> "cast(? as time(6))";
            case LOCAL_DATE_TIME -> "cast(? as datetime(6))";
            case INSTANT -> "from_unixtime(cast(? as decimal(20, 6)))";
            case BYTES -> "unhex(?)";
            case TEXT, UUID -> "?";
            default ->
                throw new SourceFailure(
                        Kind.SETTING,
                        "table " + table.table().fullName() + " cannot be read in parts: its key has column '"
                                + column.name() + "' of type " + column.declared()
                                + ", whose values are not compared in the order in which they are kept");
        };
    }

    /** The server would take what is no value for 0, or for none at all. */
    private static void check(TableDefinition table, ColumnDefinition column, String value) throws SourceFailure {
        Pattern form = switch (column.type()) {
            case INT32, INT64 -> Pattern.compile("-?\\d+");
            case UINT32, UINT64, BOOL -> Pattern.compile("\\d+");
            case DECIMAL, INSTANT -> Pattern.compile("-?\\d+(\\.\\d+)?");
            case DATE -> Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
            case TIME -> Pattern.compile("-?\\d+:\\d\\d:\\d\\d(\\.\\d+)?");
            case LOCAL_DATE_TIME -> Pattern.compile("\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?");
            case BYTES -> Pattern.compile("([0-9A-Fa-f]{2})*");
            default -> Pattern.compile("(?s).*");
        };
        if (!form.matcher(value).matches()) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "'" + value + "' is no value of column '" + column.name() + "' of "
                            + table.table().fullName() + ", which is " + column.declared()
                            + "; a bound has the form " + form.pattern());
        }
    }

    void set(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            statement.setString(i + 1, values.get(i));
        }
    }

    /** The key of a row of all columns, in the words that a bound takes. */
    Map<String, String> key(ResultSet row) throws SQLException {
        Map<String, String> key = new HashMap<>();
        for (int i = 0; i < table.columns().size(); i++) {
            ColumnDefinition column = table.columns().get(i);
            if (table.key().contains(column.name())) {
                key.put(
                        column.name(),
                        switch (column.type()) {
                            case BYTES -> HexFormat.of().formatHex(row.getBytes(i + 1));
                            default -> row.getString(i + 1);
                        });
            }
        }
        return key;
    }
}
