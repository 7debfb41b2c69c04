// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import dev.hippo.contracts.WireReader;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import java.util.Arrays;

/** A column that grows value by value. Not thread-safe. */
public abstract class Column implements ColumnVector {
    private final DataType type;
    private boolean[] nulls = new boolean[64];
    private int size;

    Column(DataType type) {
        this.type = type;
    }

    /** The wire type of one value. */
    abstract int wireType();

    /** Reads one value from the wire and stores it at the index, which is the column's end. */
    abstract void store(WireReader in, int index);

    /** Stores the proto3 default at the index. */
    abstract void storeDefault(int index);

    /** Forgets all values from the index on. */
    abstract void cut(int index);

    /** Appends a value from the wire. */
    final void append(WireReader in) {
        int index = size;
        grow();
        store(in, index);
        size = index + 1;
    }

    /** Makes room for one more value, which the caller then stores; answers its index. */
    final int next() {
        grow();
        return size++;
    }

    final void appendDefault() {
        int index = size;
        grow();
        storeDefault(index);
        size = index + 1;
    }

    /** Appends a null. */
    public final void appendNull() {
        int index = size;
        grow();
        storeNull(index);
        nulls[index] = true;
        size = index + 1;
    }

    /** Keeps what a null needs beside its mark; nothing for most columns. */
    void storeNull(int index) {
        storeDefault(index);
    }

    private void grow() {
        if (size == nulls.length) {
            nulls = Arrays.copyOf(nulls, size * 2);
        }
        nulls[size] = false;
    }

    /** Whether two values that are not null are the same; only key columns are asked. */
    boolean isSame(int row, int other) {
        throw new UnsupportedOperationException(type + " is no key of a map");
    }

    /** Bytes of memory that the column's arrays have, those of the columns below it included. */
    public final long held() {
        return nulls.length + heldValues();
    }

    /** Bytes of memory of all but the marks for nulls. */
    abstract long heldValues();

    /** Forgets all but the first values, and what a value that broke off in the middle has left in the columns below. */
    final void truncate(int to) {
        cut(to);
        size = Math.min(size, to);
    }

    @Override
    public final DataType getDataType() {
        return type;
    }

    @Override
    public final int getSize() {
        return size;
    }

    @Override
    public final boolean isNullAt(int row) {
        return nulls[row];
    }

    @Override
    public final void close() {
        // memory only
    }
}
