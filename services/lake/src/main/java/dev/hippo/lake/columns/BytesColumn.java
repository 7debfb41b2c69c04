// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import com.google.protobuf.Descriptors.EnumDescriptor;
import dev.hippo.contracts.WireReader;
import io.delta.kernel.types.DataType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts, bytes and enum names, one behind the other in one array. */
public final class BytesColumn extends Column {
    private final @Nullable EnumDescriptor names;
    private final Map<Integer, byte[]> encoded = new HashMap<>();
    private byte[] bytes = new byte[1024];
    /** Value i is from ends[i] (exclusive of it before) to ends[i + 1]. */
    private int[] ends = new int[65];

    BytesColumn(DataType type, @Nullable EnumDescriptor names) {
        super(type);
        this.names = names;
    }

    /** A column that is filled by {@link #append(byte[])} alone. */
    public BytesColumn(DataType type) {
        this(type, null);
    }

    /** Appends a value. */
    public void append(byte[] value) {
        put(next(), value);
    }

    @Override
    boolean isSame(int row, int other) {
        return Arrays.equals(bytes, ends[row], ends[row + 1], bytes, ends[other], ends[other + 1]);
    }

    @Override
    long heldValues() {
        return bytes.length + 4L * ends.length;
    }

    @Override
    int wireType() {
        return names == null ? 2 : 0;
    }

    @Override
    void store(WireReader in, int index) {
        if (names != null) {
            put(index, name((int) in.varint()));
            return;
        }
        int length = in.length();
        put(index, in.array(), in.position(), length);
        in.skip(length);
    }

    void put(int index, byte[] value) {
        put(index, value, 0, value.length);
    }

    private void put(int index, byte[] from, int offset, int length) {
        if (index + 2 > ends.length) {
            ends = Arrays.copyOf(ends, Math.max(index + 2, ends.length * 2));
        }
        int start = ends[index];
        if (start + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(start + length, bytes.length * 2));
        }
        System.arraycopy(from, offset, bytes, start, length);
        ends[index + 1] = start + length;
    }

    private byte[] name(int number) {
        return encoded.computeIfAbsent(number, n -> {
            EnumDescriptor enumeration = java.util.Objects.requireNonNull(names);
            var value = enumeration.findValueByNumber(n);
            return (value == null ? Integer.toString(n) : value.getName()).getBytes(StandardCharsets.UTF_8);
        });
    }

    @Override
    void storeDefault(int index) {
        if (names != null) {
            put(index, name(names.getValues().get(0).getNumber()));
        } else {
            put(index, bytes, 0, 0);
        }
    }

    @Override
    void cut(int index) {
        // later values overwrite: each begins where the one before it ends
    }

    @Override
    public String getString(int row) {
        return new String(bytes, ends[row], ends[row + 1] - ends[row], StandardCharsets.UTF_8);
    }

    @Override
    public byte[] getBinary(int row) {
        return Arrays.copyOfRange(bytes, ends[row], ends[row + 1]);
    }
}
