// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/** Writes one value of a field, without its tag. Throws {@link IllegalArgumentException} for a value that the contract cannot hold. */
final class ValueEncoder {
    private final FieldDescriptor field;
    private final ValueKind kind;
    private final @Nullable RowEncoder rows;
    private final @Nullable ValueEncoder wrapped;
    private final Map<StringData, Integer> numbers = new HashMap<>();

    ValueEncoder(FieldDescriptor field, ValueKind kind, LogicalType type) {
        this.field = field;
        this.kind = kind;
        this.rows = kind == ValueKind.ROW ? new RowEncoder(field.getMessageType(), (RowType) type, null) : null;
        this.wrapped = kind == ValueKind.WRAPPER ? of(field.getMessageType().findFieldByNumber(1), type) : null;
        if (kind == ValueKind.ENUM) {
            field.getEnumType()
                    .getValues()
                    .forEach(v -> numbers.put(StringData.fromString(v.getName()), v.getNumber()));
        }
    }

    static ValueEncoder of(FieldDescriptor field, LogicalType type) {
        return new ValueEncoder(field, ValueKind.of(field), type);
    }

    int wireType() {
        return kind.wireType;
    }

    boolean packable() {
        return kind.packable();
    }

    /** Whether the value is the one that an absent field without presence has. */
    boolean standard(Object value) {
        return switch (kind) {
            case DOUBLE -> Double.doubleToRawLongBits((Double) value) == 0;
            case FLOAT -> Float.floatToRawIntBits((Float) value) == 0;
            case INT32, SINT32, SFIXED32 -> (Integer) value == 0;
            case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> (Long) value == 0;
            case UINT64, FIXED64 -> ((DecimalData) value).toBigDecimal().signum() == 0;
            case BOOL -> !(Boolean) value;
            case ENUM -> number((StringData) value) == 0;
            case MILLIS -> ((TimestampData) value).getMillisecond() == 0;
            case STRING -> value.toString().isEmpty();
            case BYTES -> ((byte[]) value).length == 0;
            case TIMESTAMP, TIMESTAMP_MILLIS, WRAPPER, JSON, EMPTY, ROW -> false;
        };
    }

    void write(Object value, WireWriter out) {
        switch (kind) {
            case DOUBLE -> out.fixed64(Double.doubleToRawLongBits((Double) value));
            case FLOAT -> out.fixed32(Float.floatToRawIntBits((Float) value));
            case INT32 -> out.varint((Integer) value);
            case INT64 -> out.varint((Long) value);
            case UINT32 -> out.varint(unsigned32((Long) value));
            case UINT64 -> out.varint(unsigned64((DecimalData) value));
            case SINT32 -> out.varint(((((Integer) value) << 1) ^ (((Integer) value) >> 31)) & 0xffffffffL);
            case SINT64 -> out.varint(((Long) value) << 1 ^ ((Long) value) >> 63);
            case FIXED32 -> out.fixed32((int) unsigned32((Long) value));
            case FIXED64 -> out.fixed64(unsigned64((DecimalData) value));
            case SFIXED32 -> out.fixed32((Integer) value);
            case SFIXED64 -> out.fixed64((Long) value);
            case BOOL -> out.varint((Boolean) value ? 1 : 0);
            case ENUM -> out.varint(number((StringData) value));
            case MILLIS -> out.varint(((TimestampData) value).getMillisecond());
            case STRING -> out.delimited(((StringData) value).toBytes());
            case BYTES, EMPTY -> out.delimited((byte[]) value);
            case TIMESTAMP, TIMESTAMP_MILLIS -> timestamp((TimestampData) value, out);
            case WRAPPER -> wrapper(Objects.requireNonNull(wrapped), value, out);
            case JSON -> out.delimited(JsonText.write(field, (StringData) value));
            case ROW -> {
                int opened = out.open();
                Objects.requireNonNull(rows).write((RowData) value, out);
                out.close(opened);
            }
        }
    }

    private static void wrapper(ValueEncoder wrapped, Object value, WireWriter out) {
        int opened = out.open();
        if (!wrapped.standard(value)) {
            out.tag(1, wrapped.wireType());
            wrapped.write(value, out);
        }
        out.close(opened);
    }

    private static void timestamp(TimestampData value, WireWriter out) {
        int opened = out.open();
        long seconds = Math.floorDiv(value.getMillisecond(), 1_000L);
        int nanos = Math.floorMod(value.getMillisecond(), 1_000) * 1_000_000 + value.getNanoOfMillisecond();
        if (seconds != 0) {
            out.tag(1, ValueKind.WireType.VARINT);
            out.varint(seconds);
        }
        if (nanos != 0) {
            out.tag(2, ValueKind.WireType.VARINT);
            out.varint(nanos);
        }
        out.close(opened);
    }

    private long unsigned32(long value) {
        if (value < 0 || value > 0xffffffffL) {
            throw new IllegalArgumentException(value + " does not fit the uint32 field '" + field.getName() + "'");
        }
        return value;
    }

    private long unsigned64(DecimalData value) {
        BigInteger number = value.toBigDecimal().toBigInteger();
        if (number.signum() < 0 || number.bitLength() > 64) {
            throw new IllegalArgumentException(number + " does not fit the uint64 field '" + field.getName() + "'");
        }
        return number.longValue();
    }

    private int number(StringData name) {
        Integer number = numbers.get(name);
        if (number != null) {
            return number;
        }
        try {
            return Integer.parseInt(name.toString());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no value of enum " + field.getEnumType().getFullName() + " (field '"
                            + field.getName() + "'); it has "
                            + Arrays.toString(field.getEnumType().getValues().toArray()),
                    e);
        }
    }
}
