// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.WireReader;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/** Reads one value of a field from the wire into Flink's internal form. */
abstract class ValueDecoder {
    private final int wireType;
    private final boolean packable;

    private ValueDecoder(int wireType) {
        this.wireType = wireType;
        this.packable = wireType != 2;
    }

    /** The wire type of a single value. */
    final int wireType() {
        return wireType;
    }

    /** Whether many values may stand packed in one length-delimited field. */
    final boolean packable() {
        return packable;
    }

    /** Reads a value; {@code before} is an earlier occurrence, into which a message is merged. */
    abstract Object read(WireReader in, @Nullable Object before);

    /** The value of an empty message; only asked of messages. */
    Object empty() {
        throw new IllegalStateException("not a message");
    }

    static ValueDecoder of(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> fixed64(raw -> Double.longBitsToDouble(raw));
            case FLOAT -> fixed32(raw -> Float.intBitsToFloat(raw));
            case SFIXED64 -> fixed64(raw -> raw);
            case FIXED64 -> fixed64(ValueDecoder::unsigned);
            case SFIXED32 -> fixed32(raw -> raw);
            case FIXED32 -> fixed32(raw -> raw & 0xffffffffL);
            case INT64 -> varint(raw -> raw);
            case UINT64 -> varint(ValueDecoder::unsigned);
            case INT32 -> varint(raw -> (int) raw);
            case UINT32 -> varint(raw -> raw & 0xffffffffL);
            case SINT32 -> varint(raw -> (int) ((raw >>> 1) ^ -(raw & 1)));
            case SINT64 -> varint(raw -> (raw >>> 1) ^ -(raw & 1));
            case BOOL -> varint(raw -> raw != 0);
            case ENUM -> enumName(field);
            case STRING -> string();
            case BYTES -> bytes();
            case MESSAGE -> message(field);
            case GROUP ->
                throw new IllegalArgumentException(
                        "field '" + field.getName() + "' is a group, which SQL steps do not read");
        };
    }

    /** The proto3 default in Flink's internal form, for a field without presence. */
    static Object standard(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> 0.0d;
            case FLOAT -> 0.0f;
            case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> 0L;
            case UINT64, FIXED64 -> unsigned(0);
            case INT32, SINT32, SFIXED32 -> 0;
            case BOOL -> false;
            case ENUM -> StringData.fromString(((EnumValueDescriptor) field.getDefaultValue()).getName());
            case STRING -> StringData.fromString("");
            case BYTES -> new byte[0];
            case MESSAGE, GROUP -> throw new IllegalArgumentException("a message has presence");
        };
    }

    private static Object unsigned(long raw) {
        BigDecimal value = new BigDecimal(Long.toUnsignedString(raw));
        return java.util.Objects.requireNonNull(DecimalData.fromBigDecimal(value, 20, 0));
    }

    private interface OfLong {
        Object value(long raw);
    }

    private interface OfInt {
        Object value(int raw);
    }

    private static ValueDecoder varint(OfLong convert) {
        return new ValueDecoder(0) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                return convert.value(in.varint());
            }
        };
    }

    private static ValueDecoder fixed64(OfLong convert) {
        return new ValueDecoder(1) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                return convert.value(in.fixed64());
            }
        };
    }

    private static ValueDecoder fixed32(OfInt convert) {
        return new ValueDecoder(5) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                return convert.value(in.fixed32());
            }
        };
    }

    private static ValueDecoder enumName(FieldDescriptor field) {
        Map<Integer, StringData> names = new HashMap<>();
        field.getEnumType()
                .getValues()
                .forEach(v -> names.putIfAbsent(v.getNumber(), StringData.fromString(v.getName())));
        return varint(raw -> {
            StringData name = names.get((int) raw);
            return name == null ? StringData.fromString(Integer.toString((int) raw)) : name;
        });
    }

    private static ValueDecoder string() {
        return new ValueDecoder(2) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                int length = in.length();
                StringData value = StringData.fromBytes(in.array(), in.position(), length);
                in.skip(length);
                return value;
            }
        };
    }

    private static ValueDecoder bytes() {
        return new ValueDecoder(2) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                int length = in.length();
                byte[] value = java.util.Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
                in.skip(length);
                return value;
            }
        };
    }

    private static ValueDecoder message(FieldDescriptor field) {
        if (ContractTypes.isTimestamp(field)) {
            return timestamp();
        }
        if (ContractTypes.isWrapper(field)) {
            return wrapper(field.getMessageType().findFieldByNumber(1));
        }
        RowDecoder rows = RowDecoder.all(field.getMessageType());
        return new ValueDecoder(2) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                return rows.decode(in.inner(), before);
            }

            @Override
            Object empty() {
                return rows.decode(new byte[0]);
            }
        };
    }

    private static ValueDecoder timestamp() {
        return new ValueDecoder(2) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                WireReader inner = in.inner();
                long seconds = 0;
                int nanos = 0;
                for (int tag = inner.tag(); tag != 0; tag = inner.tag()) {
                    switch (tag) {
                        case 1 << 3 -> seconds = inner.varint();
                        case 2 << 3 -> nanos = (int) inner.varint();
                        default -> inner.skipValue(tag);
                    }
                }
                int inSecond = Math.floorMod(nanos, 1_000_000_000);
                long second = seconds + Math.floorDiv(nanos, 1_000_000_000);
                return TimestampData.fromEpochMillis(second * 1_000 + inSecond / 1_000_000, inSecond % 1_000_000);
            }

            @Override
            Object empty() {
                return TimestampData.fromEpochMillis(0);
            }
        };
    }

    private static ValueDecoder wrapper(FieldDescriptor value) {
        ValueDecoder inner = of(value);
        return new ValueDecoder(2) {
            @Override
            Object read(WireReader in, @Nullable Object before) {
                Object read = before == null ? standard(value) : before;
                WireReader wrapped = in.inner();
                for (int tag = wrapped.tag(); tag != 0; tag = wrapped.tag()) {
                    if (tag == (1 << 3 | inner.wireType())) {
                        read = inner.read(wrapped, null);
                    } else {
                        wrapped.skipValue(tag);
                    }
                }
                return read;
            }

            @Override
            Object empty() {
                return standard(value);
            }
        };
    }
}
