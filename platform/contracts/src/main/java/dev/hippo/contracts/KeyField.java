// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One field of a record's key. Thread-safe. */
final class KeyField {
    private final FieldDescriptor field;
    private final int[] numbers;
    private final int wireType;
    private final byte[] standard;

    KeyField(WireField key) {
        this.field = key.field();
        this.numbers = key.numbers().stream().mapToInt(Integer::intValue).toArray();
        this.wireType = switch (field.getType()) {
            case STRING, BYTES -> 2;
            case FIXED32, SFIXED32 -> 5;
            case FIXED64, SFIXED64 -> 1;
            case INT32, INT64, UINT32, UINT64, SINT32, SINT64, BOOL, ENUM -> 0;
            case FLOAT, DOUBLE, MESSAGE, GROUP ->
                throw new IllegalArgumentException("field '" + field.getName() + "' of "
                        + field.getContainingType().getFullName() + " is a "
                        + field.getType().name().toLowerCase(Locale.ROOT)
                        + " and cannot be a record key; use a string, bytes, integer, bool or enum field");
        };
        this.standard = standard(field.getDefaultValue());
    }

    /** Whether its text is any bytes, and no text. */
    boolean isBytes() {
        return field.getType() == FieldDescriptor.Type.BYTES;
    }

    /** Its text in one encoded message; that of its default where it is absent. Throws {@link MalformedWireException}. */
    byte[] read(byte[] message, int offset, int length) {
        byte[] found = find(message, offset, length, 0);
        return found == null ? standard.clone() : found;
    }

    /** The last occurrence counts, as it does for protobuf; null when there is none. */
    private byte @Nullable [] find(byte[] message, int offset, int length, int depth) {
        boolean inner = depth < numbers.length - 1;
        int wanted = numbers[depth] << 3 | (inner ? 2 : wireType);
        byte[] found = null;
        WireReader scan = new WireReader(message, offset, length);
        for (int tag = scan.tag(); tag != 0; tag = scan.tag()) {
            if (tag != wanted) {
                scan.skipValue(tag);
                continue;
            }
            if (wireType != 2 && !inner) {
                found = text(number(scan)).getBytes(StandardCharsets.UTF_8);
                continue;
            }
            int size = scan.length();
            int from = scan.position();
            scan.skip(size);
            byte[] here = inner ? find(message, from, size, depth + 1) : Arrays.copyOfRange(message, from, from + size);
            found = here == null ? found : here;
        }
        return found;
    }

    private long number(WireReader scan) {
        return switch (wireType) {
            case 1 -> scan.fixed64();
            case 5 -> scan.fixed32();
            default -> scan.varint();
        };
    }

    private String text(long raw) {
        return switch (field.getType()) {
            case SINT32 -> Integer.toString(((int) raw >>> 1) ^ -((int) raw & 1));
            case SINT64 -> Long.toString((raw >>> 1) ^ -(raw & 1));
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

    private static byte[] standard(Object value) {
        if (value instanceof ByteString bytes) {
            return bytes.toByteArray();
        }
        String text = value instanceof EnumValueDescriptor name ? name.getName() : value.toString();
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
