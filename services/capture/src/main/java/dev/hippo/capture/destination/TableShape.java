// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table as a database has it.
 *
 * @param obstacle why no row can be written to it whatever its columns are; empty if none
 */
record TableShape(List<Column> columns, List<Unique> uniques, String obstacle) {
    TableShape {
        columns = List.copyOf(columns);
        uniques = List.copyOf(uniques);
    }

    /**
     * A column.
     *
     * @param declared the type in the database's own words
     * @param cast how a value is brought to the type without its length; empty where that needs no words
     * @param list whether it holds lists of that kind
     * @param digits how many digits behind the point it keeps; -1 for all
     * @param dateOnly whether it keeps nothing of a time of day
     * @param nullable whether a row may have none
     * @param filled whether the database gives it a value of its own
     * @param computed whether nobody else may
     * @param collation by which texts are compared, where that is known to matter; else empty
     */
    record Column(
            String name,
            String declared,
            ColumnKind kind,
            String cast,
            boolean list,
            int digits,
            boolean dateOnly,
            boolean nullable,
            boolean filled,
            boolean computed,
            String collation) {}

    /**
     * An index that no two rows may agree in.
     *
     * @param whole whether it is of plain columns and all rows, and checked at once
     */
    record Unique(String name, List<String> columns, boolean whole) {
        Unique {
            columns = List.copyOf(columns);
        }

        /** Whether it tells rows apart by those columns, in whatever order. */
        boolean isOf(List<String> key) {
            return whole && Set.copyOf(columns).equals(Set.copyOf(key));
        }
    }

    Optional<Column> column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst();
    }
}
