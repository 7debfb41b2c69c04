// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

import java.util.List;

/**
 * A table as it was at some place of its source's log. Immutable.
 *
 * @param schema the schema or database that it is in
 * @param name without the schema
 * @param columns in the table's order; none if the source knows them only from a row on
 * @param key names of the columns that identify a row, in the key's order; empty if nothing does
 */
public record SourceTable(String schema, String name, List<Column> columns, List<String> key) {
    public SourceTable {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /**
     * A column.
     *
     * @param list whether a value is a list of that type
     * @param nullable whether a row may have none
     * @param declared the type in the database's own words, for people
     */
    public record Column(String name, ColumnType type, boolean list, boolean nullable, String declared) {}

    /** Whether more is known of it than its name. */
    public boolean isDescribed() {
        return !columns.isEmpty();
    }

    /** Such as {@code public.airports}. */
    public String fullName() {
        return schema + "." + name;
    }
}
