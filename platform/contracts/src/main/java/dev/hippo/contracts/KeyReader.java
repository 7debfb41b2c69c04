// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a record's key from the wire bytes of its value. A string's key is its UTF-8 bytes, bytes are taken as they are, integers become decimal
 * text, booleans {@code true} and {@code false}, enums their name. An absent field gives the key of its proto3 default. Thread-safe.
 */
public final class KeyReader {
    private final FieldDescriptor field;
    private final int[] numbers;

    KeyReader(WireField key) {
        this.field = key.field();
        this.numbers = key.numbers().stream().mapToInt(Integer::intValue).toArray();
        switch (key.field().getJavaType()) {
            case FLOAT, DOUBLE, MESSAGE ->
                throw new IllegalArgumentException("field '" + key.field().getName() + "' of type "
                        + key.field().getType().name().toLowerCase(java.util.Locale.ROOT)
                        + " cannot be a record key; use a string, bytes, integer, bool or enum field");
            default -> {}
        }
    }

    /** A reader of the key of a message type, as {@link Contract#key} gives it. */
    public static KeyReader of(Descriptor message, String field) {
        return new KeyReader(WireField.of(message, field));
    }

    /**
     * Reads the key of one encoded message.
     *
     * @throws IllegalArgumentException if the bytes are no protobuf message
     */
    public byte[] read(byte[] message, int offset, int length) {
        try {
            return read(message, offset, length, 0);
        } catch (MalformedWireException e) {
            throw new IllegalArgumentException("not a protobuf message: " + e.getMessage(), e);
        }
    }

    private byte[] read(byte[] message, int offset, int length, int depth) {
        int number = numbers[depth];
        boolean inner = depth < numbers.length - 1;
        byte[] found = null;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            if (tag >>> 3 != number) {
                scan.skipValue(tag);
            } else if ((tag & 7) == 2) {
                int size = scan.length();
                int from = scan.position();
                scan.skip(size);
                found = inner ? read(message, from, size, depth + 1) : Arrays.copyOfRange(message, from, from + size);
            } else {
                found = text(tag & 7, scan);
            }
        }
        return found == null ? standard() : found;
    }

    private byte[] text(int wireType, WireReader scan) {
        long raw = switch (wireType) {
            case 0 -> scan.varint();
            case 1 -> scan.fixed64();
            case 5 -> scan.fixed32();
            default -> throw new MalformedWireException("wire type " + wireType + " for a key");
        };
        return text(raw).getBytes(StandardCharsets.UTF_8);
    }

    private String text(long raw) {
        return switch (field.getType()) {
            case SINT32, SINT64 -> Long.toString((raw >>> 1) ^ -(raw & 1));
            case UINT32, FIXED32 -> Long.toString(raw & 0xffffffffL);
            case UINT64, FIXED64 -> Long.toUnsignedString(raw);
            case BOOL -> Boolean.toString(raw != 0);
            case INT32, SFIXED32 -> Integer.toString((int) raw);
            case ENUM -> {
                EnumValueDescriptor value = field.getEnumType().findValueByNumber((int) raw);
                yield value == null ? Integer.toString((int) raw) : value.getName();
            }
            default -> Long.toString(raw);
        };
    }

    private byte[] standard() {
        return switch (field.getJavaType()) {
            case STRING, BYTE_STRING -> new byte[0];
            default -> text(0).getBytes(StandardCharsets.UTF_8);
        };
    }
}
