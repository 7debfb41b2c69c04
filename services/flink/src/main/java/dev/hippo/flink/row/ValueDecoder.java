// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.UnsafeByteOperations;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Reads one value of a field from the wire into Flink's internal form. One class and one switch, so that the compiler can inline it in the loop over fields. */
final class ValueDecoder {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** The seconds that a {@code google.protobuf.Timestamp} may have: 0001-01-01 to 9999-12-31. */
    private static final long FIRST_SECOND = -62_135_596_800L;

    private static final long LAST_SECOND = 253_402_300_799L;

    private final FieldDescriptor field;
    private final ValueKind kind;
    private final Map<Integer, StringData> names = new HashMap<>();
    private final @Nullable RowDecoder rows;
    private final @Nullable ValueDecoder wrapped;

    ValueDecoder(FieldDescriptor field, ValueKind kind) {
        this.field = field;
        this.kind = kind;
        this.rows = kind == ValueKind.ROW ? RowDecoder.all(field.getMessageType()) : null;
        this.wrapped = kind == ValueKind.WRAPPER ? of(field.getMessageType().findFieldByNumber(1)) : null;
        if (kind == ValueKind.ENUM) {
            field.getEnumType()
                    .getValues()
                    .forEach(v -> names.putIfAbsent(v.getNumber(), StringData.fromString(v.getName())));
        }
    }

    static ValueDecoder of(FieldDescriptor field) {
        return new ValueDecoder(field, ValueKind.of(field));
    }

    /** The wire type of a single value. */
    int wireType() {
        return kind.wireType;
    }

    boolean packable() {
        return kind.packable();
    }

    /** The value when the wire has none and the field must have one: the proto3 default, or an empty message. */
    Object absent() {
        return kind.message() ? read(new WireReader(new byte[] {0}, 0, 1), null) : kind.standard(field);
    }

    /** Reads a value; {@code before} is an earlier occurrence, into which a message is merged. */
    Object read(WireReader in, @Nullable Object before) {
        return switch (kind) {
            case DOUBLE -> Double.longBitsToDouble(in.fixed64());
            case FLOAT -> Float.intBitsToFloat(in.fixed32());
            case INT32 -> (int) in.varint();
            case INT64 -> in.varint();
            case UINT32 -> in.varint() & 0xffffffffL;
            case UINT64 -> ValueKind.unsigned(in.varint());
            case SINT32 -> zigzag32(in.varint());
            case SINT64 -> in.zigzag();
            case FIXED32 -> in.fixed32() & 0xffffffffL;
            case FIXED64 -> ValueKind.unsigned(in.fixed64());
            case SFIXED32 -> in.fixed32();
            case SFIXED64 -> in.fixed64();
            case BOOL -> in.varint() != 0;
            case ENUM -> enumName((int) in.varint());
            case MILLIS -> TimestampData.fromEpochMillis(in.varint());
            case STRING -> string(in);
            case BYTES -> bytes(in);
            case TIMESTAMP, TIMESTAMP_MILLIS -> timestamp(in, (TimestampData) before);
            case WRAPPER -> wrapper(in, before);
            case JSON -> JsonText.read(field, bytes(in), (StringData) before);
            case EMPTY -> empty(in, (byte[]) before);
            case ROW -> Objects.requireNonNull(rows).decode(in.inner(), before);
        };
    }

    private static int zigzag32(long raw) {
        int value = (int) raw;
        return (value >>> 1) ^ -(value & 1);
    }

    private StringData enumName(int number) {
        StringData name = names.get(number);
        return name == null ? StringData.fromString(Integer.toString(number)) : name;
    }

    private StringData string(WireReader in) {
        int length = in.length();
        int from = in.position();
        byte[] array = in.array();
        if (!ascii(array, from, length)
                && !UnsafeByteOperations.unsafeWrap(array, from, length).isValidUtf8()) {
            throw new MalformedWireException("field '" + field.getName() + "' is no valid UTF-8");
        }
        in.skip(length);
        return StringData.fromBytes(array, from, length);
    }

    private static boolean ascii(byte[] bytes, int from, int length) {
        int at = from;
        int end = from + length;
        for (; at + 8 <= end; at += 8) {
            if (((long) LONGS.get(bytes, at) & 0x8080808080808080L) != 0) {
                return false;
            }
        }
        for (; at < end; at++) {
            if (bytes[at] < 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(WireReader in) {
        int length = in.length();
        byte[] value = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
        in.skip(length);
        return value;
    }

    private TimestampData timestamp(WireReader in, @Nullable TimestampData before) {
        WireReader inner = in.inner();
        long seconds = before == null ? 0 : Math.floorDiv(before.getMillisecond(), 1_000L);
        int nanos = before == null
                ? 0
                : Math.floorMod(before.getMillisecond(), 1_000) * 1_000_000 + before.getNanoOfMillisecond();
        for (int tag = inner.tag(); tag != 0; tag = inner.tag()) {
            switch (tag) {
                case 1 << 3 -> seconds = inner.varint();
                case 2 << 3 -> nanos = (int) inner.varint();
                default -> inner.skipValue(tag);
            }
        }
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
            throw new MalformedWireException("field '" + field.getName() + "' is no timestamp of the years 1 to 9999: "
                    + seconds + " seconds and " + nanos + " nanoseconds");
        }
        int finer = kind == ValueKind.TIMESTAMP_MILLIS ? 0 : nanos % 1_000_000;
        return TimestampData.fromEpochMillis(seconds * 1_000 + nanos / 1_000_000, finer);
    }

    /** A message without fields of its own may still hold unknown ones, which must parse. */
    private static byte[] empty(WireReader in, byte @Nullable [] before) {
        WireReader inner = in.inner();
        byte[] value = Arrays.copyOfRange(inner.array(), inner.position(), inner.position() + inner.remaining());
        for (int tag = inner.tag(); tag != 0; tag = inner.tag()) {
            inner.skipValue(tag);
        }
        if (before == null || before.length == 0) {
            return value;
        }
        byte[] merged = Arrays.copyOf(before, before.length + value.length);
        System.arraycopy(value, 0, merged, before.length, value.length);
        return merged;
    }

    private Object wrapper(WireReader in, @Nullable Object before) {
        ValueDecoder value = Objects.requireNonNull(wrapped);
        Object read = before == null ? value.absent() : before;
        WireReader inner = in.inner();
        for (int tag = inner.tag(); tag != 0; tag = inner.tag()) {
            if (tag == (1 << 3 | value.wireType())) {
                read = value.read(inner, null);
            } else {
                inner.skipValue(tag);
            }
        }
        return read;
    }
}
