// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the values to which protobuf's parser objects, whose message does not say where they are: it tries each value alone. Only for texts that
 * were refused. Not thread-safe; looks at one text.
 */
final class JsonFaults {
    private final JsonFormat.Parser parser;
    private final JsonShape shape;
    private final List<Violation> found = new ArrayList<>();

    JsonFaults(JsonFormat.Parser parser, JsonShape shape) {
        this.parser = parser;
        this.shape = shape;
    }

    /** The faults, the first {@value JsonShape#MOST_PROBLEMS} of them; empty when each value is right and only together they are wrong. */
    List<Violation> in(Descriptor type, JsonObject json) {
        object(type, json, "");
        return found;
    }

    private void object(Descriptor type, JsonObject json, String path) {
        for (Map.Entry<String, JsonElement> member : json.entrySet()) {
            String name = member.getKey();
            JsonElement value = member.getValue();
            FieldDescriptor field = Objects.requireNonNull(shape.fields(type).get(name));
            String place = path.isEmpty() ? name : path + "." + name;
            if (value.isJsonObject() && field.isMapField()) {
                FieldDescriptor inner = field.getMessageType().findFieldByNumber(2);
                value.getAsJsonObject().entrySet().forEach(entry -> {
                    JsonObject alone = new JsonObject();
                    alone.add(entry.getKey(), entry.getValue());
                    one(type, name, alone, inner, entry.getValue(), place + "[\"" + entry.getKey() + "\"]");
                });
            } else if (value.isJsonArray() && field.isRepeated()) {
                for (int i = 0; i < value.getAsJsonArray().size(); i++) {
                    JsonElement element = value.getAsJsonArray().get(i);
                    JsonArray alone = new JsonArray();
                    alone.add(element);
                    one(type, name, alone, field, element, place + "[" + i + "]");
                }
            } else {
                one(type, name, value, field, value, place);
            }
        }
    }

    /** Tries a message that has only this field with only this value; if it fails, looks deeper into a message, else says so. */
    private void one(
            Descriptor type, String name, JsonElement alone, FieldDescriptor field, JsonElement value, String path) {
        if (found.size() >= JsonShape.MOST_PROBLEMS) {
            return;
        }
        JsonObject single = new JsonObject();
        single.add(name, alone);
        try {
            parser.merge(single.toString(), DynamicMessage.newBuilder(type));
        } catch (InvalidProtocolBufferException e) {
            int before = found.size();
            if (value.isJsonObject()
                    && field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                    && JsonShape.plain(field.getMessageType())) {
                object(field.getMessageType(), value.getAsJsonObject(), path);
            }
            if (found.size() == before) {
                found.add(new Violation(path, "parse", String.valueOf(e.getMessage())));
            }
        }
    }
}
