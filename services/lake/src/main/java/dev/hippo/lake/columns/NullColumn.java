// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;

/** A column of nulls, as long as another one: a table's column that the contract does not have (any more). */
record NullColumn(DataType type, ColumnVector beside) implements ColumnVector {
    @Override
    public DataType getDataType() {
        return type;
    }

    @Override
    public int getSize() {
        return beside.getSize();
    }

    @Override
    public boolean isNullAt(int row) {
        return true;
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return new NullColumn(((StructType) type).at(ordinal).getDataType(), beside);
    }

    @Override
    public void close() {
        // nothing is held
    }
}
