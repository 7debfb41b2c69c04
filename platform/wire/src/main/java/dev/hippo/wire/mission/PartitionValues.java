// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.mission;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One partition of a table: column to value, in the table's order. A value whose column no message names has the empty name. No columns at all
 * stand for a table without partitions.
 */
public record PartitionValues(Map<String, String> columns) {
    /** The whole of a table that has no partitions. */
    public static final PartitionValues WHOLE = new PartitionValues(Map.of());

    public PartitionValues {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /** One column. */
    public static PartitionValues of(String column, String value) {
        return new PartitionValues(Map.of(column, value));
    }

    /**
     * The values without their columns, joined by {@code /}; empty for the whole table. Tables that name their columns differently meet in it: what
     * several messages say of {@code 201703} belongs together.
     */
    public String values() {
        return String.join("/", columns.values());
    }

    /** For people: {@code yyyymm=201703}, or the bare value where the column is not known. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        columns.forEach((column, value) -> {
            text.append(text.isEmpty() ? "" : "/");
            text.append(column.isEmpty() ? "" : column + "=").append(value);
        });
        return text.toString();
    }
}
