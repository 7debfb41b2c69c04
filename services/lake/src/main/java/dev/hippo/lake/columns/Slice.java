// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.DataType;
import java.math.BigDecimal;
import java.util.stream.IntStream;

/** Some rows of a column, as a column. */
final class Slice implements ColumnVector {
    private final ColumnVector whole;
    private final int[] rows;

    Slice(ColumnVector whole, int from, int size) {
        this(whole, IntStream.range(from, from + size).toArray());
    }

    Slice(ColumnVector whole, int[] rows) {
        this.whole = whole;
        this.rows = rows;
    }

    @Override
    public DataType getDataType() {
        return whole.getDataType();
    }

    @Override
    public int getSize() {
        return rows.length;
    }

    @Override
    public void close() {
        // the whole column is its owner's
    }

    @Override
    public boolean isNullAt(int row) {
        return whole.isNullAt(rows[row]);
    }

    @Override
    public boolean getBoolean(int row) {
        return whole.getBoolean(rows[row]);
    }

    @Override
    public int getInt(int row) {
        return whole.getInt(rows[row]);
    }

    @Override
    public long getLong(int row) {
        return whole.getLong(rows[row]);
    }

    @Override
    public float getFloat(int row) {
        return whole.getFloat(rows[row]);
    }

    @Override
    public double getDouble(int row) {
        return whole.getDouble(rows[row]);
    }

    @Override
    public byte[] getBinary(int row) {
        return whole.getBinary(rows[row]);
    }

    @Override
    public String getString(int row) {
        return whole.getString(rows[row]);
    }

    @Override
    public BigDecimal getDecimal(int row) {
        return whole.getDecimal(rows[row]);
    }

    @Override
    public MapValue getMap(int row) {
        return whole.getMap(rows[row]);
    }

    @Override
    public ArrayValue getArray(int row) {
        return whole.getArray(rows[row]);
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return new Slice(whole.getChild(ordinal), rows);
    }
}
