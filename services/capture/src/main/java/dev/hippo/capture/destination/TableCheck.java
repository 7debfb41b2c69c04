// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares a table that is there with what a contract wants of it. */
final class TableCheck {
    private TableCheck() {}

    /** All that keeps the rows of a contract out of a table, each with what to do; empty if nothing does. */
    static List<String> problems(
            Dialect dialect, TableName table, String contract, String key, List<RowField> fields, TableShape shape) {
        List<String> problems = new ArrayList<>();
        if (!shape.obstacle().isEmpty()) {
            problems.add(shape.obstacle());
        }
        for (RowField field : fields) {
            Optional<TableShape.Column> column = shape.column(field.name());
            boolean isKey = field.name().equals(key);
            if (column.isEmpty()) {
                problems.add("table " + table + " has no column '" + field.name() + "', which contract " + contract
                        + " has; ALTER TABLE " + dialect.quoted(table) + " ADD COLUMN " + dialect.quoted(field.name())
                        + " " + dialect.type(field, isKey));
            } else if (column.get().computed()) {
                problems.add("column '" + field.name() + "' of " + table
                        + " is computed by the database, and contract " + contract
                        + " has a value for it; make it a plain column");
            } else if (!dialect.takes(field, column.get())) {
                problems.add("column '" + field.name() + "' of " + table + " is "
                        + column.get().declared() + ", which does not keep all values of a " + field.declared()
                        + " as contract " + contract + " has it; make it " + dialect.type(field, isKey));
            }
        }
        for (TableShape.Column column : shape.columns()) {
            boolean known = fields.stream().anyMatch(field -> field.name().equals(column.name()));
            if (!known && !column.nullable() && !column.filled()) {
                problems.add("column '" + column.name() + "' of " + table + " needs a value, and contract " + contract
                        + " has none; let it take NULL, or give it a default");
            }
        }
        shape.column(key).ifPresent(column -> {
            if (shape.uniques().stream().noneMatch(unique -> unique.isOf(key))) {
                problems.add("table " + table + " has no unique index of column '" + key
                        + "' alone, by which its rows are told apart; ALTER TABLE " + dialect.quoted(table)
                        + " ADD PRIMARY KEY (" + dialect.quoted(key) + ")");
            }
            problems.addAll(dialect.keyProblems(table, shape, column));
        });
        return problems;
    }
}
