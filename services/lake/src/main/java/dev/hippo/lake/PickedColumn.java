// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.DataType;
import java.math.BigDecimal;

/** A column of rows that are picked out of two others. Not thread-safe. */
record PickedColumn(ColumnVector stored, ColumnVector added, Picks picks) implements ColumnVector {
    /**
     * Which rows, in their order.
     *
     * @param rows a row of the stored ones, or {@code ~row} of the added ones
     */
    record Picks(int[] rows, int from, int size) {}

    private ColumnVector of(int pick) {
        return pick < 0 ? added : stored;
    }

    private int pick(int row) {
        return picks.rows[picks.from + row];
    }

    private static int row(int pick) {
        return pick < 0 ? ~pick : pick;
    }

    @Override
    public DataType getDataType() {
        return added.getDataType();
    }

    @Override
    public int getSize() {
        return picks.size;
    }

    @Override
    public void close() {
        // the columns are their owner's
    }

    @Override
    public boolean isNullAt(int row) {
        int pick = pick(row);
        return of(pick).isNullAt(row(pick));
    }

    @Override
    public boolean getBoolean(int row) {
        int pick = pick(row);
        return of(pick).getBoolean(row(pick));
    }

    @Override
    public byte getByte(int row) {
        int pick = pick(row);
        return of(pick).getByte(row(pick));
    }

    @Override
    public short getShort(int row) {
        int pick = pick(row);
        return of(pick).getShort(row(pick));
    }

    @Override
    public int getInt(int row) {
        int pick = pick(row);
        return of(pick).getInt(row(pick));
    }

    @Override
    public long getLong(int row) {
        int pick = pick(row);
        return of(pick).getLong(row(pick));
    }

    @Override
    public float getFloat(int row) {
        int pick = pick(row);
        return of(pick).getFloat(row(pick));
    }

    @Override
    public double getDouble(int row) {
        int pick = pick(row);
        return of(pick).getDouble(row(pick));
    }

    @Override
    public byte[] getBinary(int row) {
        int pick = pick(row);
        return of(pick).getBinary(row(pick));
    }

    @Override
    public String getString(int row) {
        int pick = pick(row);
        return of(pick).getString(row(pick));
    }

    @Override
    public BigDecimal getDecimal(int row) {
        int pick = pick(row);
        return of(pick).getDecimal(row(pick));
    }

    @Override
    public MapValue getMap(int row) {
        int pick = pick(row);
        return of(pick).getMap(row(pick));
    }

    @Override
    public ArrayValue getArray(int row) {
        int pick = pick(row);
        return of(pick).getArray(row(pick));
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        return new PickedColumn(stored.getChild(ordinal), added.getChild(ordinal), picks);
    }
}
