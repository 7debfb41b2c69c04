// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.capture.verify.RowDifference;
import dev.hippo.capture.verify.RowDifference.Kind;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The questions to a database about a table and its mirror. Immutable. */
final class CopyComparison {
    private final Dialect dialect;
    private final TargetTable table;
    private final String there;
    private final String wanted;

    CopyComparison(Dialect dialect, TargetTable table) {
        this.dialect = dialect;
        this.table = table;
        this.there = dialect.quoted(table.name());
        this.wanted = dialect.quoted(dialect.mirror(table.name()));
    }

    /** Reads a little of the table. */
    String look() {
        return "select 1 from " + there + " limit 1";
    }

    /** Ask for rows that are in one of the two alone or differ: the key's columns, whether each of the two has it, and for each column whether it is the same. */
    List<String> questions(int most) {
        String limit = " limit " + most;
        String first = dialect.quoted(table.keyColumns().get(0).name());
        String both = columns().stream()
                .map(column -> dialect.same("t." + column, "m." + column))
                .collect(Collectors.joining(" and "));
        return List.of(
                "select " + asked("t") + from(there + " t left join " + wanted + " m") + " where m." + first
                        + " is null or not (" + both + ")" + limit,
                "select " + asked("m") + from(wanted + " m left join " + there + " t") + " where t." + first
                        + " is null" + limit);
    }

    private List<String> columns() {
        return table.columnNames().stream().map(dialect::quoted).toList();
    }

    private String asked(String side) {
        String first = dialect.quoted(table.keyColumns().get(0).name());
        List<String> asked = new ArrayList<>();
        table.keyColumns().forEach(column -> asked.add(side + "." + dialect.quoted(column.name())));
        asked.add("t." + first + " is not null");
        asked.add("m." + first + " is not null");
        columns().forEach(column -> asked.add(dialect.same("t." + column, "m." + column)));
        return String.join(", ", asked);
    }

    private String from(String joined) {
        return " from " + joined + " on "
                + table.keyColumns().stream()
                        .map(column -> dialect.quoted(column.name()))
                        .map(column -> "t." + column + " = m." + column)
                        .collect(Collectors.joining(" and "));
    }

    /** A row of an answer; of the key only the columns are told. */
    RowDifference difference(ResultSet found) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        List<RowField> key = table.keyFields();
        for (int i = 0; i < key.size(); i++) {
            columns.put(key.get(i).name(), text(key.get(i), found, i + 1));
        }
        boolean isThere = found.getBoolean(key.size() + 1);
        boolean isWanted = found.getBoolean(key.size() + 2);
        List<String> fields = new ArrayList<>();
        if (isThere && isWanted) {
            for (int i : IntStream.range(0, table.fields().size()).toArray()) {
                if (!found.getBoolean(key.size() + 3 + i)) {
                    fields.add(table.fields().get(i).name());
                }
            }
        }
        Kind kind = !isWanted ? Kind.COPY_LEFT : isThere ? Kind.DIFFERENT : Kind.COPY_MISSING;
        return new RowDifference("", kind, fields, columns, "");
    }

    /** As a record's key has it. */
    private static String text(RowField field, ResultSet found, int at) throws SQLException {
        return switch (field.kind()) {
            case BOOL -> Boolean.toString(found.getBoolean(at));
            case BYTES -> new String(found.getBytes(at), StandardCharsets.ISO_8859_1);
            default -> found.getString(at);
        };
    }
}
