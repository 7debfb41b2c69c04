// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import dev.hippo.contracts.WireReader;
import io.delta.kernel.types.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;

/** Integers of all kinds, booleans, floats (as bits) and times: whatever fits a long. */
public final class LongColumn extends Column {
    /** Takes one value from the wire. */
    interface Source {
        long read(WireReader in);
    }

    private final int wireType;
    private final Source source;
    private long[] values = new long[64];

    LongColumn(DataType type, int wireType, Source source) {
        super(type);
        this.wireType = wireType;
        this.source = source;
    }

    /** A column that is filled by {@link #append(long)} alone. */
    public LongColumn(DataType type) {
        this(type, 0, WireReader::varint);
    }

    /** Appends a value. */
    public void append(long value) {
        put(next(), value);
    }

    @Override
    boolean isSame(int row, int other) {
        return values[row] == values[other];
    }

    @Override
    long heldValues() {
        return 8L * values.length;
    }

    @Override
    int wireType() {
        return wireType;
    }

    @Override
    void store(WireReader in, int index) {
        put(index, source.read(in));
    }

    @Override
    void storeDefault(int index) {
        put(index, 0);
    }

    private void put(int index, long value) {
        if (index >= values.length) {
            values = Arrays.copyOf(values, Math.max(index + 1, values.length * 2));
        }
        values[index] = value;
    }

    @Override
    void cut(int index) {
        // later values overwrite
    }

    @Override
    public long getLong(int row) {
        return values[row];
    }

    @Override
    public int getInt(int row) {
        return (int) values[row];
    }

    @Override
    public boolean getBoolean(int row) {
        return values[row] != 0;
    }

    @Override
    public double getDouble(int row) {
        return Double.longBitsToDouble(values[row]);
    }

    @Override
    public float getFloat(int row) {
        return Float.intBitsToFloat((int) values[row]);
    }

    @Override
    public BigDecimal getDecimal(int row) {
        return new BigDecimal(new BigInteger(Long.toUnsignedString(values[row])));
    }
}
