// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.lake.columns.MessageColumn;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows that grow one by one, as columns in the order of the table. Not thread-safe. */
final class RowColumns {
    private final TableLayout layout;
    private final StructType tableSchema;
    private final StructType known;
    private final MessageColumn rows;
    private final SideColumns side;

    /**
     * No rows yet.
     *
     * @param tableSchema the columns that the table has, in its order
     * @param side filled by the caller, one value for each row
     */
    RowColumns(TableLayout layout, StructType tableSchema, Contract contract, SideColumns side) {
        this.layout = layout;
        this.tableSchema = tableSchema;
        this.known = new StructType(tableSchema.fields().stream()
                .filter(field -> contract.descriptor().findFieldByName(field.getName()) != null)
                .toList());
        this.rows = new MessageColumn(known, contract.descriptor());
        this.side = side;
    }

    /** Adds a row. Throws {@link dev.hippo.contracts.MalformedWireException} or IllegalArgumentException if it does not parse; nothing is added then. */
    void append(byte[] row) {
        rows.append(row);
    }

    /** Adds a row of which nothing is known: all columns of the contract are null. */
    void appendUnknown() {
        rows.appendNull();
    }

    int size() {
        return rows.getSize();
    }

    /** Bytes of memory that the rows take here. */
    long held() {
        return rows.held() + side.held();
    }

    /** The rows in the table's columns; partition columns have no values, because they are in the file's place. */
    RowBatch batch() {
        int size = size();
        Map<String, ColumnVector> byName = new LinkedHashMap<>();
        for (PartitionSource source : layout.partitions()) {
            byName.put(source.name(), new ConstantColumn(source.type(), size));
        }
        for (int i = 0; i < known.length(); i++) {
            byName.putIfAbsent(known.at(i).getName(), rows.presentChild(i));
        }
        byName.putAll(side.columns());
        List<ColumnVector> columns = new ArrayList<>();
        tableSchema.fields().forEach(field -> {
            ColumnVector column = byName.get(field.getName());
            columns.add(column == null ? new ConstantColumn(field.getDataType(), size) : column);
        });
        return new RowBatch(tableSchema, columns, size);
    }
}
