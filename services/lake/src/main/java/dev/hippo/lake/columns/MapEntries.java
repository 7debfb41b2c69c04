// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.StringType;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of one map value. */
final class MapEntries implements MapValue {
    /** Up to so many keys are compared each with each, which needs no memory. */
    private static final int FEW = 12;

    private final Slice keys;
    private final Slice values;

    private MapEntries(Slice keys, Slice values) {
        this.keys = keys;
        this.values = values;
    }

    /** The entries in a range of the key and value columns, the last of each key. */
    static MapEntries of(Column keys, ColumnVector values, int from, int size) {
        if (size <= FEW && areDistinct(keys, from, size)) {
            return new MapEntries(new Slice(keys, from, size), new Slice(values, from, size));
        }
        Map<Object, Integer> last = new LinkedHashMap<>();
        for (int i = from; i < from + size; i++) {
            Object key = keys.getDataType() instanceof StringType ? keys.getString(i) : Long.valueOf(keys.getLong(i));
            last.put(key, i);
        }
        int[] rows = last.values().stream().mapToInt(Integer::intValue).toArray();
        return new MapEntries(new Slice(keys, rows), new Slice(values, rows));
    }

    private static boolean areDistinct(Column keys, int from, int size) {
        for (int i = from + 1; i < from + size; i++) {
            for (int j = from; j < i; j++) {
                if (keys.isSame(i, j)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public int getSize() {
        return keys.getSize();
    }

    @Override
    public ColumnVector getKeys() {
        return keys;
    }

    @Override
    public ColumnVector getValues() {
        return values;
    }
}
