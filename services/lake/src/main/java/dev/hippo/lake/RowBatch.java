// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.List;

/** Some columns as a batch for Delta Kernel. */
record RowBatch(StructType schema, List<ColumnVector> columns, int size) implements ColumnarBatch {
    RowBatch {
        columns = List.copyOf(columns);
    }

    @Override
    public StructType getSchema() {
        return schema;
    }

    @Override
    public ColumnVector getColumnVector(int ordinal) {
        return columns.get(ordinal);
    }

    @Override
    public int getSize() {
        return size;
    }

    @Override
    public ColumnarBatch withDeletedColumnAt(int ordinal) {
        List<StructField> fields = new ArrayList<>(schema.fields());
        List<ColumnVector> left = new ArrayList<>(columns);
        fields.remove(ordinal);
        left.remove(ordinal);
        return new RowBatch(new StructType(fields), left, size);
    }

    @Override
    public ColumnarBatch withNewSchema(StructType newSchema) {
        return new RowBatch(newSchema, columns, size);
    }
}
