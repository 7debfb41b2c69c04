// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.program;

import com.google.protobuf.Descriptors.FieldDescriptor;

/** How a number is encoded, and the long that stands for it: the bits of a double for both floating kinds, else the value. */
enum NumberKind {
    SIGNED_32(Wire.VARINT),
    SIGNED_64(Wire.VARINT),
    UNSIGNED_32(Wire.VARINT),
    UNSIGNED_64(Wire.VARINT),
    ZIGZAG_32(Wire.VARINT),
    ZIGZAG_64(Wire.VARINT),
    BOOL(Wire.VARINT),
    FIXED_32(Wire.FIXED32),
    FIXED_64(Wire.FIXED64),
    SIGNED_FIXED_32(Wire.FIXED32),
    SIGNED_FIXED_64(Wire.FIXED64),
    FLOAT(Wire.FIXED32),
    DOUBLE(Wire.FIXED64);

    final int wireType;

    NumberKind(int wireType) {
        this.wireType = wireType;
    }

    static NumberKind of(FieldDescriptor.Type type) {
        return switch (type) {
            case INT32, ENUM -> SIGNED_32;
            case INT64 -> SIGNED_64;
            case UINT32 -> UNSIGNED_32;
            case UINT64 -> UNSIGNED_64;
            case SINT32 -> ZIGZAG_32;
            case SINT64 -> ZIGZAG_64;
            case BOOL -> BOOL;
            case FIXED32 -> FIXED_32;
            case FIXED64 -> FIXED_64;
            case SFIXED32 -> SIGNED_FIXED_32;
            case SFIXED64 -> SIGNED_FIXED_64;
            case FLOAT -> FLOAT;
            case DOUBLE -> DOUBLE;
            case STRING, BYTES, MESSAGE, GROUP -> throw new IllegalArgumentException(type + " is no number");
        };
    }

    /** Whether the order of the values is that of unsigned longs. */
    boolean unsigned64() {
        return this == UNSIGNED_64 || this == FIXED_64;
    }

    boolean real() {
        return this == FLOAT || this == DOUBLE;
    }

    long value(long raw) {
        return switch (this) {
            case SIGNED_32, SIGNED_FIXED_32 -> (int) raw;
            case UNSIGNED_32, FIXED_32 -> raw & 0xffffffffL;
            case SIGNED_64, UNSIGNED_64, FIXED_64, SIGNED_FIXED_64, DOUBLE -> raw;
            case ZIGZAG_32 -> ((int) raw >>> 1) ^ -((int) raw & 1);
            case ZIGZAG_64 -> (raw >>> 1) ^ -(raw & 1);
            case BOOL -> raw != 0 ? 1 : 0;
            case FLOAT -> Double.doubleToRawLongBits(Float.intBitsToFloat((int) raw));
        };
    }
}
