// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a contract's field is in a query: the type that the lake writer gives it in a table, or JSON for a message that contains itself. Thread-safe.
 *
 * @param sql DuckDB's type
 * @param wire protobuf's wire type of one value
 * @param read reads one value; of a message the reader holds its bytes and nothing else
 * @param message whether one value is a message
 * @param list whether there may be several
 * @param entry how a map's entries are read; null for what is no map
 * @param absent the value when the bytes have none
 */
record FieldType(
        String sql,
        int wire,
        Function<WireReader, @Nullable Object> read,
        boolean message,
        boolean list,
        @Nullable MessageValues entry,
        @Nullable Object absent) {
    private static final Set<String> WRAPPERS = Set.of(
            "DoubleValue",
            "FloatValue",
            "Int64Value",
            "UInt64Value",
            "Int32Value",
            "UInt32Value",
            "BoolValue",
            "StringValue",
            "BytesValue");
    /** The seconds that a {@code google.protobuf.Timestamp} may have: 0001-01-01 to 9999-12-31. */
    private static final long FIRST_SECOND = -62_135_596_800L;

    private static final long LAST_SECOND = 253_402_300_799L;
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();

    @Nullable
    Object value(WireReader in) {
        return read.apply(in);
    }

    /**
     * @param nested whether the field's message is in a list or a map
     * @throws IllegalArgumentException if it is no column
     */
    static FieldType of(FieldDescriptor field, boolean nested) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return new FieldType(
                    "MAP(" + of(entry.findFieldByNumber(1), true).sql + ", " + of(entry.findFieldByNumber(2), true).sql
                            + ")",
                    2,
                    in -> null,
                    false,
                    false,
                    MessageValues.entry(entry),
                    Map.of());
        }
        if (field.isRepeated()) {
            FieldType one = single(field, true);
            return new FieldType(one.sql + "[]", one.wire, one.read, one.message, true, null, List.of());
        }
        return single(field, nested);
    }

    /** The type of a value that is never absent. */
    static FieldType present(FieldDescriptor field) {
        FieldType type = plain(field, true);
        return type.message ? type.absent(type.value(new WireReader(new byte[0], 0, 0))) : type;
    }

    private FieldType absent(@Nullable Object value) {
        return new FieldType(sql, wire, read, message, list, entry, value);
    }

    private static FieldType single(FieldDescriptor field, boolean nested) {
        FieldType type = plain(field, nested);
        return field.hasPresence() ? type.absent(null) : type;
    }

    private static FieldType plain(FieldDescriptor field, boolean nested) {
        return switch (field.getType()) {
            case DOUBLE -> scalar("DOUBLE", 1, in -> Double.longBitsToDouble(in.fixed64()), 0.0);
            case FLOAT -> scalar("FLOAT", 5, in -> Float.intBitsToFloat(in.fixed32()), 0.0f);
            case INT32 -> scalar("INTEGER", 0, in -> (int) in.varint(), 0);
            case SINT32 -> scalar("INTEGER", 0, in -> (int) in.zigzag(), 0);
            case SFIXED32 -> scalar("INTEGER", 5, WireReader::fixed32, 0);
            case UINT32 -> scalar("BIGINT", 0, in -> in.varint() & 0xffffffffL, 0L);
            case FIXED32 -> scalar("BIGINT", 5, in -> in.fixed32() & 0xffffffffL, 0L);
            case INT64 -> scalar("BIGINT", 0, WireReader::varint, 0L);
            case SINT64 -> scalar("BIGINT", 0, WireReader::zigzag, 0L);
            case SFIXED64 -> scalar("BIGINT", 1, WireReader::fixed64, 0L);
            case UINT64 -> scalar("DECIMAL(20, 0)", 0, in -> unsigned(in.varint()), BigDecimal.ZERO);
            case FIXED64 -> scalar("DECIMAL(20, 0)", 1, in -> unsigned(in.fixed64()), BigDecimal.ZERO);
            case BOOL -> scalar("BOOLEAN", 0, in -> in.varint() != 0, false);
            case STRING -> scalar("VARCHAR", 2, in -> new String(bytes(in), StandardCharsets.UTF_8), "");
            case BYTES -> scalar("BLOB", 2, FieldType::bytes, new byte[0]);
            case ENUM -> enumeration(field.getEnumType());
            case MESSAGE -> message(field.getMessageType(), nested);
            case GROUP ->
                throw new IllegalArgumentException("field '" + field.getName() + "' is a group, which no column holds");
        };
    }

    private static FieldType scalar(
            String sql, int wire, Function<WireReader, @Nullable Object> read, @Nullable Object absent) {
        return new FieldType(sql, wire, read, false, false, null, absent);
    }

    private static FieldType message(Descriptor message, boolean nested) {
        if (message.getFullName().equals("google.protobuf.Timestamp")) {
            return of("TIMESTAMP WITH TIME ZONE", FieldType::time);
        }
        if (message.getFile().getPackage().equals("google.protobuf") && WRAPPERS.contains(message.getName())) {
            FieldType one = single(message.findFieldByNumber(1), nested);
            return of(one.sql, new MessageValues(message, nested)::first);
        }
        if (message.getFields().isEmpty() || reaches(message, message, new HashSet<>())) {
            return of("JSON", in -> json(message, in));
        }
        MessageValues values = new MessageValues(message, nested);
        return of("STRUCT(" + values.columns() + ")", nested ? in -> Arrays.asList(values.read(in)) : values::read);
    }

    private static FieldType of(String sql, Function<WireReader, @Nullable Object> read) {
        return new FieldType(sql, 2, read, true, false, null, null);
    }

    private static boolean reaches(Descriptor from, Descriptor target, Set<Descriptor> seen) {
        for (FieldDescriptor field : from.getFields()) {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
                Descriptor next = field.getMessageType();
                if (next.equals(target) || (seen.add(next) && reaches(next, target, seen))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static FieldType enumeration(EnumDescriptor names) {
        return scalar(
                "VARCHAR",
                0,
                in -> {
                    int number = (int) in.varint();
                    EnumValueDescriptor value = names.findValueByNumber(number);
                    return value == null ? Integer.toString(number) : value.getName();
                },
                names.getValues().get(0).getName());
    }

    private static BigDecimal unsigned(long bits) {
        return bits >= 0 ? BigDecimal.valueOf(bits) : new BigDecimal(new BigInteger(Long.toUnsignedString(bits)));
    }

    private static byte[] bytes(WireReader in) {
        int length = in.length();
        byte[] bytes = Arrays.copyOfRange(in.array(), in.position(), in.position() + length);
        in.skip(length);
        return bytes;
    }

    private static OffsetDateTime time(WireReader timestamp) {
        long seconds = 0;
        int nanos = 0;
        for (int tag = timestamp.tag(); tag != 0; tag = timestamp.tag()) {
            switch (tag) {
                case 1 << 3 -> seconds = timestamp.varint();
                case 2 << 3 -> nanos = (int) timestamp.varint();
                default -> timestamp.skipValue(tag);
            }
        }
        if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) {
            throw new MalformedWireException(
                    "a timestamp of " + seconds + " s and " + nanos + " ns is none of the years 1 to 9999");
        }
        return Instant.ofEpochSecond(seconds, nanos).atOffset(ZoneOffset.UTC);
    }

    private static String json(Descriptor message, WireReader in) {
        try {
            return PRINTER.print(
                    DynamicMessage.parseFrom(message, ByteString.copyFrom(in.array(), in.position(), in.remaining())));
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedWireException(
                    "a " + message.getFullName() + " in it has no JSON: " + String.valueOf(e.getMessage()));
        }
    }
}
