// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.DataType;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Some rows of a column, as a column. */
final class Slice implements ColumnVector {
    private final ColumnVector whole;
    private final int from;
    private final int size;
    /** Which rows, where they do not follow one another. */
    private final int @Nullable [] rows;

    Slice(ColumnVector whole, int from, int size) {
        this(whole, from, size, null);
    }

    Slice(ColumnVector whole, int[] rows) {
        this(whole, 0, rows.length, rows);
    }

    private Slice(ColumnVector whole, int from, int size, int @Nullable [] rows) {
        this.whole = whole;
        this.from = from;
        this.size = size;
        this.rows = rows;
    }

    private int at(int row) {
        return rows == null ? from + row : rows[row];
    }

    @Override
    public DataType getDataType() {
        return whole.getDataType();
    }

    @Override
    public int getSize() {
        return size;
    }

    @Override
    public void close() {
        // the whole column is its owner's
    }

    @Override
    public boolean isNullAt(int row) {
        return whole.isNullAt(at(row));
    }

    @Override
    public boolean getBoolean(int row) {
        return whole.getBoolean(at(row));
    }

    @Override
    public int getInt(int row) {
        return whole.getInt(at(row));
    }

    @Override
    public long getLong(int row) {
        return whole.getLong(at(row));
    }

    @Override
    public float getFloat(int row) {
        return whole.getFloat(at(row));
    }

    @Override
    public double getDouble(int row) {
        return whole.getDouble(at(row));
    }

    @Override
    public byte[] getBinary(int row) {
        return whole.getBinary(at(row));
    }

    @Override
    public String getString(int row) {
        return whole.getString(at(row));
    }

    @Override
    public BigDecimal getDecimal(int row) {
        return whole.getDecimal(at(row));
    }

    @Override
    public MapValue getMap(int row) {
        return whole.getMap(at(row));
    }

    @Override
    public ArrayValue getArray(int row) {
        return whole.getArray(at(row));
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return new Slice(whole.getChild(ordinal), from, size, rows);
    }
}
