// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.hippo.contracts.MalformedWireException;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/** {@code google.protobuf.Struct}, {@code Value} and {@code ListValue} as JSON text: they hold themselves, so SQL has no type of its own for them. */
final class JsonText {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser();

    private JsonText() {}

    static StringData read(FieldDescriptor field, byte[] message, @Nullable StringData before) {
        try {
            Message.Builder value = builder(field);
            if (before != null) {
                PARSER.merge(before.toString(), value);
            }
            value.mergeFrom(message);
            // an absent kind is printed as nothing, which is no JSON
            return StringData.fromString(
                    value instanceof Value.Builder v && v.getKindCase() == Value.KindCase.KIND_NOT_SET
                            ? "null"
                            : PRINTER.print(value));
        } catch (InvalidProtocolBufferException e) {
            throw new MalformedWireException("field '" + field.getName() + "': " + e.getMessage());
        } catch (IllegalArgumentException e) {
            // NaN and infinities, which JSON does not have
            throw new MalformedWireException("field '" + field.getName() + "' is no JSON: " + e.getMessage());
        }
    }

    static byte[] write(FieldDescriptor field, StringData json) {
        Message.Builder value = builder(field);
        try {
            PARSER.merge(json.toString(), value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "'" + json + "' is no JSON for field '" + field.getName() + "': " + e.getMessage(), e);
        }
        return value.build().toByteArray();
    }

    private static Message.Builder builder(FieldDescriptor field) {
        return switch (field.getMessageType().getName()) {
            case "Struct" -> Struct.newBuilder();
            case "ListValue" -> ListValue.newBuilder();
            default -> Value.newBuilder();
        };
    }
}
