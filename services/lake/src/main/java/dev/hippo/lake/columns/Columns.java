// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a contract is in a Delta table: nested messages are structs, repeated fields arrays, maps maps, enums their names, {@code google.protobuf.Timestamp} a
 * timestamp (microseconds), wrappers their nullable value, uint32 a long and uint64 a decimal(20, 0).
 */
public final class Columns {
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

    private Columns() {}

    /**
     * The struct of a message, all fields nullable.
     *
     * @throws IllegalArgumentException if the message contains itself, or has a group
     */
    public static StructType schema(Descriptor message) {
        return struct(message, new LinkedHashSet<>());
    }

    private static StructType struct(Descriptor message, Set<String> path) {
        if (!path.add(message.getFullName())) {
            throw new IllegalArgumentException("message " + message.getFullName() + " contains itself ("
                    + String.join(" > ", path) + "), and a table has no type for that");
        }
        List<StructField> fields = new ArrayList<>();
        for (FieldDescriptor field : message.getFields()) {
            fields.add(new StructField(field.getName(), type(field, path), true));
        }
        path.remove(message.getFullName());
        return new StructType(fields);
    }

    private static DataType type(FieldDescriptor field, Set<String> path) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return new MapType(
                    single(entry.findFieldByNumber(1), path), single(entry.findFieldByNumber(2), path), true);
        }
        return field.isRepeated() ? new ArrayType(single(field, path), true) : single(field, path);
    }

    private static DataType single(FieldDescriptor field, Set<String> path) {
        return switch (field.getType()) {
            case DOUBLE -> DoubleType.DOUBLE;
            case FLOAT -> FloatType.FLOAT;
            case INT32, SINT32, SFIXED32 -> IntegerType.INTEGER;
            case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> LongType.LONG;
            case UINT64, FIXED64 -> new DecimalType(20, 0);
            case BOOL -> BooleanType.BOOLEAN;
            case STRING, ENUM -> StringType.STRING;
            case BYTES -> BinaryType.BINARY;
            case MESSAGE ->
                isTimestamp(field)
                        ? TimestampType.TIMESTAMP
                        : isWrapper(field)
                                ? single(field.getMessageType().findFieldByNumber(1), path)
                                : struct(field.getMessageType(), path);
            case GROUP ->
                throw new IllegalArgumentException(
                        "field '" + field.getName() + "' is a group, which a table does not hold");
        };
    }

    private static boolean isTimestamp(FieldDescriptor field) {
        return field.getMessageType().getFullName().equals("google.protobuf.Timestamp");
    }

    private static boolean isWrapper(FieldDescriptor field) {
        return field.getMessageType().getFile().getPackage().equals("google.protobuf")
                && WRAPPERS.contains(field.getMessageType().getName());
    }

    /** A column for a field, in the type that the table has for it: its structs may have more fields, and in another order. */
    static Column of(FieldDescriptor field, DataType type) {
        if (type instanceof MapType map && field.isMapField()) {
            StructType entry = new StructType(List.of(
                    new StructField("key", map.getKeyType(), false),
                    new StructField("value", map.getValueType(), true)));
            return new ListColumn(type, new MessageColumn(entry, field.getMessageType()), true);
        }
        return type instanceof ArrayType array && field.isRepeated()
                ? new ListColumn(type, value(field, array.getElementType()), false)
                : value(field, type);
    }

    private static Column value(FieldDescriptor field, DataType type) {
        return switch (field.getType()) {
            case DOUBLE, FIXED64, SFIXED64 -> new LongColumn(type, 1, WireReader::fixed64);
            case FLOAT, SFIXED32 -> new LongColumn(type, 5, WireReader::fixed32);
            case FIXED32 -> new LongColumn(type, 5, in -> in.fixed32() & 0xffffffffL);
            case INT64, UINT64 -> new LongColumn(type, 0, WireReader::varint);
            case INT32 -> new LongColumn(type, 0, in -> (int) in.varint());
            case UINT32 -> new LongColumn(type, 0, in -> in.varint() & 0xffffffffL);
            case SINT32, SINT64 -> new LongColumn(type, 0, WireReader::zigzag);
            case BOOL -> new LongColumn(type, 0, in -> in.varint() == 0 ? 0 : 1);
            case STRING, BYTES -> new BytesColumn(type, null);
            case ENUM -> new BytesColumn(type, field.getEnumType());
            case MESSAGE ->
                isTimestamp(field)
                        ? new LongColumn(type, 2, Columns::micros)
                        : isWrapper(field)
                                ? new WrapperColumn(value(field.getMessageType().findFieldByNumber(1), type))
                                : new MessageColumn((StructType) type, field.getMessageType());
            case GROUP -> throw new IllegalArgumentException("groups are not held");
        };
    }

    private static long micros(WireReader in) {
        WireReader timestamp = in.inner();
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
        return seconds * 1_000_000 + nanos / 1_000;
    }
}
