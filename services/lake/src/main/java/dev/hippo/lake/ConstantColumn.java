// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;

/** A partition column in a batch: it has no values there, because they are in the file's place in the table; the writer takes it away. */
record ConstantColumn(DataType type, int size) implements ColumnVector {
    @Override
    public DataType getDataType() {
        return type;
    }

    @Override
    public int getSize() {
        return size;
    }

    @Override
    public boolean isNullAt(int row) {
        return true;
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return new ConstantColumn(((StructType) type).at(ordinal).getDataType(), size);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
