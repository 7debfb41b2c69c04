// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import java.nio.charset.StandardCharsets;

/** The fields of a key, from their texts as a record's key has them. */
final class KeyFields {
    private KeyFields() {}

    /**
     * Sets a field.
     *
     * @throws IllegalArgumentException if the text is no value of it
     */
    static void set(DynamicMessage.Builder row, String name, String text) {
        FieldDescriptor field = row.getDescriptorForType().findFieldByName(name);
        row.setField(field, value(field, text));
    }

    private static Object value(FieldDescriptor field, String text) {
        return switch (field.getType()) {
            case BOOL -> Boolean.valueOf(text);
            case INT32, SINT32, SFIXED32 -> Integer.valueOf(text);
            case UINT32, FIXED32 -> Integer.parseUnsignedInt(text);
            case INT64, SINT64, SFIXED64 -> Long.valueOf(text);
            case UINT64, FIXED64 -> Long.parseUnsignedLong(text);
            case STRING -> text;
            case BYTES -> ByteString.copyFrom(text, StandardCharsets.ISO_8859_1);
            case ENUM -> {
                EnumValueDescriptor named = field.getEnumType().findValueByName(text);
                yield named != null
                        ? named
                        : field.getEnumType().findValueByNumberCreatingIfUnknown(Integer.parseInt(text));
            }
            default -> throw new IllegalArgumentException(field.getFullName() + " cannot be part of a key");
        };
    }
}
