// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import java.util.Arrays;

/** The key of a row: a value for each column of the key, as bytes that have the order of the values. */
final class RowKey implements Comparable<RowKey> {
    private final byte[][] values;
    private final int hash;

    /** @param values not changed any more */
    RowKey(byte[][] values) {
        this.values = values;
        this.hash = Arrays.deepHashCode(values);
    }

    byte[] value(int column) {
        return values[column];
    }

    /** About how many bytes of memory it takes. */
    int held() {
        int held = 48;
        for (byte[] value : values) {
            held += 24 + value.length;
        }
        return held;
    }

    @Override
    public int compareTo(RowKey other) {
        for (int i = 0; i < values.length; i++) {
            int order = Arrays.compareUnsigned(values[i], other.values[i]);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowKey key && hash == key.hash && Arrays.deepEquals(values, key.values);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
