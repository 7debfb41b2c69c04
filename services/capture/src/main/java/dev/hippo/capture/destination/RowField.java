// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Locale;
import java.util.Set;

/**
 * A field of a contract that becomes a column.
 *
 * @param kind of its value, or of each of its values
 * @param list whether it has several
 * @param nullable whether a message may have none
 */
record RowField(FieldDescriptor field, Kind kind, boolean list, boolean nullable) {
    private static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value",
            "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue",
            "google.protobuf.StringValue",
            "google.protobuf.BytesValue");

    /** What a value is, and as which Java type it is decoded. */
    enum Kind {
        /** {@link Boolean}. */
        BOOL,
        /** {@link Integer}. */
        INT32,
        /** {@link Long}. */
        INT64,
        /** {@link Long}. */
        UINT32,
        /** The digits, as a {@link String}. */
        UINT64,
        /** {@link Float}. */
        FLOAT,
        /** {@link Double}. */
        DOUBLE,
        /** {@link String}; the name of an enum's value too. */
        TEXT,
        /** {@code byte[]}. */
        BYTES,
        /** {@link java.time.Instant} of whole microseconds. */
        MOMENT,
        /** A message, as the {@link String} of its JSON. */
        JSON
    }

    /**
     * Finds out what a field becomes.
     *
     * @throws IllegalArgumentException if this version has no column for it
     */
    static RowField of(FieldDescriptor field) {
        if (field.isMapField()) {
            throw new IllegalArgumentException("field '" + field.getName() + "' of "
                    + field.getContainingType().getFullName()
                    + " is a map, for which this version has no column; make it a message, or a topic of its own");
        }
        Kind kind = kind(field);
        if (field.isRepeated() && kind == Kind.JSON) {
            throw new IllegalArgumentException(
                    "field '" + field.getName() + "' of "
                            + field.getContainingType().getFullName()
                            + " is a list of messages, for which this version has no column; make it a message that has the list");
        }
        return new RowField(field, kind, field.isRepeated(), field.hasPresence());
    }

    private static Kind kind(FieldDescriptor field) {
        return switch (field.getType()) {
            case BOOL -> Kind.BOOL;
            case INT32, SINT32, SFIXED32 -> Kind.INT32;
            case INT64, SINT64, SFIXED64 -> Kind.INT64;
            case UINT32, FIXED32 -> Kind.UINT32;
            case UINT64, FIXED64 -> Kind.UINT64;
            case FLOAT -> Kind.FLOAT;
            case DOUBLE -> Kind.DOUBLE;
            case STRING, ENUM -> Kind.TEXT;
            case BYTES -> Kind.BYTES;
            case MESSAGE -> isTimestamp(field) ? Kind.MOMENT : isWrapper(field) ? kind(wrapped(field)) : Kind.JSON;
            case GROUP ->
                throw new IllegalArgumentException(
                        "field '" + field.getName() + "' is a group, for which there is no column; make it a message");
        };
    }

    private static boolean isTimestamp(FieldDescriptor field) {
        return field.getMessageType().getFullName().equals("google.protobuf.Timestamp");
    }

    /** Whether it is a message around one value, which stands for that value or none. */
    static boolean isWrapper(FieldDescriptor field) {
        return WRAPPERS.contains(field.getMessageType().getFullName());
    }

    /** The value inside a wrapper. */
    static FieldDescriptor wrapped(FieldDescriptor wrapper) {
        Descriptor message = wrapper.getMessageType();
        FieldDescriptor value = message.findFieldByNumber(1);
        if (value == null) {
            throw new IllegalArgumentException(message.getFullName() + " has no field 1");
        }
        return value;
    }

    String name() {
        return field.getName();
    }

    boolean isMessage() {
        return field.getType() == FieldDescriptor.Type.MESSAGE;
    }

    /** As in the {@code .proto} file. */
    String declared() {
        String type = isMessage()
                ? field.getMessageType().getFullName()
                : field.getType().name().toLowerCase(Locale.ROOT);
        return list ? "repeated " + type : type;
    }
}
