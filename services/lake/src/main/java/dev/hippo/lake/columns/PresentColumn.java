// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.DataType;
import java.math.BigDecimal;

/** A field's column that is null where its message is absent. */
record PresentColumn(ColumnVector message, ColumnVector field) implements ColumnVector {
    @Override
    public DataType getDataType() {
        return field.getDataType();
    }

    @Override
    public int getSize() {
        return field.getSize();
    }

    @Override
    public void close() {
        // the columns are their owner's
    }

    @Override
    public boolean isNullAt(int row) {
        return message.isNullAt(row) || field.isNullAt(row);
    }

    @Override
    public boolean getBoolean(int row) {
        return field.getBoolean(row);
    }

    @Override
    public int getInt(int row) {
        return field.getInt(row);
    }

    @Override
    public long getLong(int row) {
        return field.getLong(row);
    }

    @Override
    public float getFloat(int row) {
        return field.getFloat(row);
    }

    @Override
    public double getDouble(int row) {
        return field.getDouble(row);
    }

    @Override
    public byte[] getBinary(int row) {
        return field.getBinary(row);
    }

    @Override
    public String getString(int row) {
        return field.getString(row);
    }

    @Override
    public BigDecimal getDecimal(int row) {
        return field.getDecimal(row);
    }

    @Override
    public MapValue getMap(int row) {
        return field.getMap(row);
    }

    @Override
    public ArrayValue getArray(int row) {
        return field.getArray(row);
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return field.getChild(ordinal);
    }
}
