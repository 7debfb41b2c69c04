// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.SourceTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as the catalog tells it.
 *
 * @param key names of the key's columns; empty without one
 * @param createdAt by the server's clock in seconds since 1970, when its columns were last laid out; 0 if the server does not tell
 */
record TableDefinition(String schema, String name, List<ColumnDefinition> columns, List<String> key, long createdAt) {
    TableDefinition {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    SourceTable table() {
        return new SourceTable(
                schema, name, columns.stream().map(ColumnDefinition::column).toList(), key);
    }

    @Nullable
    ColumnDefinition column(String wanted) {
        return columns.stream()
                .filter(column -> column.name().equals(wanted))
                .findFirst()
                .orElse(null);
    }
}
