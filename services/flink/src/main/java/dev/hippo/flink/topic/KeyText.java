// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;

/** Reads the text of a key field back into its value; the reverse of the contracts' key reader. */
final class KeyText {
    private KeyText() {}

    static Object value(FieldDescriptor field, byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        try {
            return switch (field.getType()) {
                case STRING, ENUM -> StringData.fromBytes(key);
                case BYTES -> key;
                case BOOL -> Boolean.valueOf(text);
                case INT32, SINT32, SFIXED32 -> Integer.valueOf(text);
                case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> Long.valueOf(text);
                case UINT64, FIXED64 ->
                    Objects.requireNonNull(
                            DecimalData.fromBigDecimal(new BigDecimal(text), 20, 0), "more than 20 digits");
                case DOUBLE, FLOAT, MESSAGE, GROUP ->
                    throw new MalformedWireException(
                            "a deletion by a key of type " + field.getType() + " is not possible");
            };
        } catch (NumberFormatException | NullPointerException e) {
            throw new MalformedWireException("the key '" + text + "' is no " + field.getType());
        }
    }
}
