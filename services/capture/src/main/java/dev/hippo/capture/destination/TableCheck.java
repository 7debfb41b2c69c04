// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Compares a table that is there with what a contract wants of it. */
final class TableCheck {
    private TableCheck() {}

    /** All that keeps the rows of a contract out of a table, each with what to do; empty if nothing does. */
    static List<String> problems(
            Dialect dialect,
            TableName table,
            String contract,
            List<String> key,
            List<RowField> fields,
            TableShape shape) {
        List<String> problems = new ArrayList<>();
        if (!shape.obstacle().isEmpty()) {
            problems.add(shape.obstacle());
        }
        for (RowField field : fields) {
            Optional<TableShape.Column> column = shape.column(field.name());
            int inKeyOf = key.contains(field.name()) ? key.size() : 0;
            if (column.isEmpty()) {
                problems.add("table " + table + " has no column '" + field.name() + "', which contract " + contract
                        + " has; ALTER TABLE " + dialect.quoted(table) + " ADD COLUMN " + dialect.quoted(field.name())
                        + " " + dialect.type(field, inKeyOf));
            } else if (column.get().computed()) {
                problems.add("column '" + field.name() + "' of " + table
                        + " is computed by the database, and contract " + contract
                        + " has a value for it; make it a plain column");
            } else if (!dialect.takes(field, column.get())) {
                problems.add("column '" + field.name() + "' of " + table + " is "
                        + column.get().declared() + ", which does not keep all values of a " + field.declared()
                        + " as contract " + contract + " has it; make it " + dialect.type(field, inKeyOf));
            }
        }
        for (TableShape.Column column : shape.columns()) {
            boolean known = fields.stream().anyMatch(field -> field.name().equals(column.name()));
            if (!known && !column.nullable() && !column.filled()) {
                problems.add("column '" + column.name() + "' of " + table + " needs a value, and contract " + contract
                        + " has none; let it take NULL, or give it a default");
            }
        }
        List<TableShape.Column> columns =
                key.stream().map(shape::column).flatMap(Optional::stream).toList();
        if (columns.size() == key.size()) {
            if (shape.uniques().stream().noneMatch(unique -> unique.isOf(key))) {
                problems.add("table " + table + " has no unique index of column"
                        + (key.size() == 1 ? " '" : "s '") + String.join("', '", key)
                        + "' alone, by which its rows are told apart; ALTER TABLE " + dialect.quoted(table)
                        + " ADD PRIMARY KEY ("
                        + key.stream().map(dialect::quoted).collect(Collectors.joining(", ")) + ")");
            }
            problems.addAll(dialect.keyProblems(table, shape, columns));
        }
        return problems;
    }
}
