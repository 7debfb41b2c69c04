// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.math.BigDecimal;
import java.util.Objects;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;

/** How a single value of a field stands on the wire and in a row. */
enum ValueKind {
    DOUBLE(WireType.FIXED64),
    FLOAT(WireType.FIXED32),
    INT32(WireType.VARINT),
    INT64(WireType.VARINT),
    UINT32(WireType.VARINT),
    UINT64(WireType.VARINT),
    SINT32(WireType.VARINT),
    SINT64(WireType.VARINT),
    FIXED32(WireType.FIXED32),
    FIXED64(WireType.FIXED64),
    SFIXED32(WireType.FIXED32),
    SFIXED64(WireType.FIXED64),
    BOOL(WireType.VARINT),
    ENUM(WireType.VARINT),
    /** An int64 that is the event time, in milliseconds. */
    MILLIS(WireType.VARINT),
    STRING(WireType.DELIMITED),
    BYTES(WireType.DELIMITED),
    TIMESTAMP(WireType.DELIMITED),
    /** A timestamp that is the event time: no finer than a millisecond. */
    TIMESTAMP_MILLIS(WireType.DELIMITED),
    WRAPPER(WireType.DELIMITED),
    JSON(WireType.DELIMITED),
    /** A message without fields: its bytes. */
    EMPTY(WireType.DELIMITED),
    ROW(WireType.DELIMITED);

    /** The wire types that a value can have. */
    static final class WireType {
        static final int VARINT = 0;
        static final int FIXED64 = 1;
        static final int DELIMITED = 2;
        static final int FIXED32 = 5;

        private WireType() {}
    }

    final int wireType;

    ValueKind(int wireType) {
        this.wireType = wireType;
    }

    /** Whether many values may stand packed in one length-delimited field. */
    boolean packable() {
        return wireType != WireType.DELIMITED;
    }

    boolean message() {
        return this == TIMESTAMP
                || this == TIMESTAMP_MILLIS
                || this == WRAPPER
                || this == JSON
                || this == EMPTY
                || this == ROW;
    }

    static ValueKind of(FieldDescriptor field) {
        return switch (field.getType()) {
            case DOUBLE -> DOUBLE;
            case FLOAT -> FLOAT;
            case INT32 -> INT32;
            case INT64 -> INT64;
            case UINT32 -> UINT32;
            case UINT64 -> UINT64;
            case SINT32 -> SINT32;
            case SINT64 -> SINT64;
            case FIXED32 -> FIXED32;
            case FIXED64 -> FIXED64;
            case SFIXED32 -> SFIXED32;
            case SFIXED64 -> SFIXED64;
            case BOOL -> BOOL;
            case ENUM -> ENUM;
            case STRING -> STRING;
            case BYTES -> BYTES;
            case MESSAGE ->
                switch (ContractTypes.shape(field)) {
                    case TIMESTAMP -> TIMESTAMP;
                    case WRAPPER -> WRAPPER;
                    case JSON -> JSON;
                    case BYTES -> EMPTY;
                    case ROW -> ROW;
                };
            case GROUP -> throw new IllegalArgumentException("field '" + field.getFullName() + "' is a group");
        };
    }

    /** As {@link #of}, for the field that is the event time. */
    static ValueKind ofEventTime(FieldDescriptor field) {
        return switch (of(field)) {
            case TIMESTAMP -> TIMESTAMP_MILLIS;
            case INT64 -> MILLIS;
            default -> throw new IllegalArgumentException("field '" + field.getName() + "' cannot be an event time");
        };
    }

    /** The value of a field without presence that is absent, in Flink's internal form. */
    Object standard(FieldDescriptor field) {
        return switch (this) {
            case DOUBLE -> 0.0d;
            case FLOAT -> 0.0f;
            case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> 0L;
            case UINT64, FIXED64 -> unsigned(0);
            case INT32, SINT32, SFIXED32 -> 0;
            case BOOL -> false;
            case ENUM -> StringData.fromString(((EnumValueDescriptor) field.getDefaultValue()).getName());
            case MILLIS -> org.apache.flink.table.data.TimestampData.fromEpochMillis(0);
            case STRING -> StringData.fromString("");
            case BYTES -> new byte[0];
            case TIMESTAMP, TIMESTAMP_MILLIS, WRAPPER, JSON, EMPTY, ROW ->
                throw new IllegalArgumentException("a message has presence");
        };
    }

    static DecimalData unsigned(long raw) {
        BigDecimal value = raw >= 0 ? BigDecimal.valueOf(raw) : new BigDecimal(Long.toUnsignedString(raw));
        return Objects.requireNonNull(DecimalData.fromBigDecimal(value, 20, 0));
    }
}
