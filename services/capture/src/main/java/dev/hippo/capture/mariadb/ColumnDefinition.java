// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column as the server's catalog, or a table's description in the log, tells it.
 *
 * @param dataType the bare type, such as {@code varchar}
 * @param declared the whole type, such as {@code varchar(20)}
 * @param type how its values are told
 * @param unsigned of a number
 * @param charset the server's name of the character set; null for what is no text
 * @param labels of an enum or set, in order
 * @param size in bytes of a {@code binary}; total digits of a {@code decimal}; bits of a {@code bit}; bytes at most of a {@code char}; else 0
 * @param scale digits behind the point of a decimal, or of a second
 * @param computed whether the server computes it at each reading, and need not log it
 */
record ColumnDefinition(
        String name,
        String dataType,
        String declared,
        ColumnType type,
        boolean nullable,
        boolean unsigned,
        @Nullable String charset,
        List<String> labels,
        int size,
        int scale,
        boolean computed) {
    ColumnDefinition {
        labels = List.copyOf(labels);
    }

    Column column() {
        return new Column(name, type, false, nullable, declared);
    }
}
