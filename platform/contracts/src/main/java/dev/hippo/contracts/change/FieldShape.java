// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Locale;

/** What a field holds, in the words of a {@code .proto} file. */
final class FieldShape {
    private FieldShape() {}

    /**
     * Whether what was stored as one is read as the other, in events and in the columns of tables. Messages and enums are looked into, not
     * compared by name; but the provided ones have columns of their own kind.
     */
    static boolean same(FieldDescriptor before, FieldDescriptor now) {
        if (before.getType() != now.getType()
                || before.isRepeated() != now.isRepeated()
                || before.isMapField() != now.isMapField()) {
            return false;
        }
        if (before.isMapField()) {
            return same(key(before), key(now)) && same(value(before), value(now));
        }
        if (before.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return true;
        }
        String was = before.getMessageType().getFullName();
        String is = now.getMessageType().getFullName();
        return was.equals(is) || !(provided(was) || provided(is));
    }

    private static boolean provided(String type) {
        return type.startsWith("google.protobuf.");
    }

    static FieldDescriptor key(FieldDescriptor map) {
        return map.getMessageType().getFields().get(0);
    }

    static FieldDescriptor value(FieldDescriptor map) {
        return map.getMessageType().getFields().get(1);
    }

    static String text(FieldDescriptor field) {
        if (field.isMapField()) {
            return "map<" + text(key(field)) + ", " + text(value(field)) + ">";
        }
        String type = switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
        return field.isRepeated() ? "repeated " + type : type;
    }
}
