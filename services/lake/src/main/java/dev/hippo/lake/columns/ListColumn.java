// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import dev.hippo.contracts.WireReader;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.DataType;
import java.util.Arrays;

/** A repeated field as an array, or a map field as a map: the elements of all rows, one behind the other. */
final class ListColumn extends Column {
    private final Column elements;
    private int[] ends = new int[65];
    private final boolean map;

    /** @param elements the element's column; for a map the column of the entry message */
    ListColumn(DataType type, Column elements, boolean isMap) {
        super(type);
        this.elements = elements;
        this.map = isMap;
    }

    @Override
    long heldValues() {
        return elements.held() + 4L * ends.length;
    }

    @Override
    int wireType() {
        return 2;
    }

    /** Takes one occurrence of the field, packed or not; false when its wire type is not the field's. */
    boolean take(int tag, WireReader in, int row) {
        int wireType = tag & 7;
        if (wireType == elements.wireType()) {
            open(row);
            elements.append(in);
        } else if (wireType == 2) {
            open(row);
            WireReader packed = in.inner();
            while (!packed.atEnd()) {
                elements.append(packed);
            }
        } else {
            return false;
        }
        ends[row + 1] = elements.getSize();
        return true;
    }

    private void open(int row) {
        if (getSize() == row) {
            appendDefault();
        }
    }

    @Override
    void store(WireReader in, int index) {
        throw new IllegalStateException("lists are taken, not stored");
    }

    @Override
    void storeDefault(int index) {
        if (index + 2 > ends.length) {
            ends = Arrays.copyOf(ends, Math.max(index + 2, ends.length * 2));
        }
        ends[index + 1] = ends[index];
    }

    @Override
    void cut(int index) {
        elements.truncate(ends[index]);
    }

    @Override
    public ArrayValue getArray(int row) {
        int from = ends[row];
        int size = ends[row + 1] - from;
        return new ArrayValue() {
            @Override
            public int getSize() {
                return size;
            }

            @Override
            public ColumnVector getElements() {
                return new Slice(elements, from, size);
            }
        };
    }

    /** The entries of a map; of a key that comes twice the last stands. */
    @Override
    public MapValue getMap(int row) {
        if (!map) {
            throw new UnsupportedOperationException("not a map");
        }
        int from = ends[row];
        int size = ends[row + 1] - from;
        return MapEntries.of((Column) elements.getChild(0), elements.getChild(1), from, size);
    }
}
