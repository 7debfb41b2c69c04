// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import dev.hippo.contracts.WireReader;
import java.math.BigDecimal;

/** The value inside a wrapper message ({@code google.protobuf.Int32Value} and its like). */
final class WrapperColumn extends Column {
    private final Column value;

    WrapperColumn(Column value) {
        super(value.getDataType());
        this.value = value;
    }

    @Override
    long heldValues() {
        return value.held();
    }

    @Override
    int wireType() {
        return 2;
    }

    @Override
    void store(WireReader in, int index) {
        WireReader wrapped = in.inner();
        for (int tag = wrapped.tag(); tag != 0; tag = wrapped.tag()) {
            if (tag == (1 << 3 | value.wireType())) {
                value.truncate(index);
                value.append(wrapped);
            } else {
                wrapped.skipValue(tag);
            }
        }
        if (value.getSize() == index) {
            value.appendDefault();
        }
    }

    @Override
    void storeDefault(int index) {
        value.appendDefault();
    }

    @Override
    void cut(int index) {
        value.truncate(index);
    }

    @Override
    public boolean getBoolean(int row) {
        return value.getBoolean(row);
    }

    @Override
    public int getInt(int row) {
        return value.getInt(row);
    }

    @Override
    public long getLong(int row) {
        return value.getLong(row);
    }

    @Override
    public float getFloat(int row) {
        return value.getFloat(row);
    }

    @Override
    public double getDouble(int row) {
        return value.getDouble(row);
    }

    @Override
    public BigDecimal getDecimal(int row) {
        return value.getDecimal(row);
    }

    @Override
    public String getString(int row) {
        return value.getString(row);
    }

    @Override
    public byte[] getBinary(int row) {
        return value.getBinary(row);
    }
}
