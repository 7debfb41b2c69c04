// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text once against a message type and finds what protobuf's own parser lets pass in silence: loose syntax, a second value behind
 * the first, a field twice, a number for a string, half a surrogate pair. Thread-safe.
 */
final class JsonShape {
    /** A text may be wrong a million times; a person mends the first of them. */
    static final int MOST_PROBLEMS = 100;

    private final Descriptor type;
    private final Map<Descriptor, Map<String, FieldDescriptor>> fieldsByName = new ConcurrentHashMap<>();

    JsonShape(Descriptor type) {
        this.type = type;
    }

    /** What is wrong, the first {@value #MOST_PROBLEMS} of it; empty when the text has the shape of the message. */
    List<Violation> problems(String json) {
        Walk walk = new Walk(json);
        try {
            walk.value(type, null, "");
            walk.end();
        } catch (MalformedJsonException e) {
            walk.problem("", "not JSON: " + reason(e));
        } catch (EOFException e) {
            walk.problem("", "not JSON: the text ends too early");
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail", e);
        }
        return walk.problems;
    }

    /** The fields that a JSON object of that message may have, each by both its names. */
    Map<String, FieldDescriptor> fields(Descriptor message) {
        return fieldsByName.computeIfAbsent(message, m -> {
            Map<String, FieldDescriptor> fields = new HashMap<>();
            for (FieldDescriptor field : m.getFields()) {
                fields.put(field.getName(), field);
                fields.put(field.getJsonName(), field);
            }
            return Map.copyOf(fields);
        });
    }

    /** Whether its JSON is that of its fields, and not one of its own, as a timestamp's. */
    static boolean plain(Descriptor message) {
        return !message.getFile().getPackage().equals("google.protobuf");
    }

    /** The reader's own words, without its advice to programmers. */
    private static String reason(MalformedJsonException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        int place = message.indexOf(" at line ");
        return message.startsWith("Use JsonReader") && place >= 0 ? "malformed" + message.substring(place) : message;
    }

    /** One reading of one text. Not thread-safe. */
    private final class Walk {
        private final JsonReader reader;
        private final List<Violation> problems = new ArrayList<>();

        Walk(String json) {
            reader = new JsonReader(new StringReader(json));
            reader.setStrictness(Strictness.STRICT);
        }

        void problem(String path, String message) {
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(new Violation(path, "parse", message));
            }
        }

        /** Whatever follows the object is either no JSON or a second value. */
        void end() throws IOException {
            try {
                if (reader.peek() == JsonToken.END_DOCUMENT) {
                    return;
                }
            } catch (MalformedJsonException e) {
                // the same to the user
            }
            problem("", "more text follows the JSON object");
        }

        /** One value: of that message, of that field, or of anything if neither is given. */
        void value(@Nullable Descriptor message, @Nullable FieldDescriptor field, String path) throws IOException {
            JsonToken token = reader.peek();
            String expected = expected(message, field, token);
            if (expected != null) {
                problem(path, "expected " + expected + ", not " + name(token));
                anything(path);
            } else if (token == JsonToken.BEGIN_OBJECT && message != null) {
                object(message, path);
            } else {
                anything(path);
            }
        }

        private @Nullable String expected(
                @Nullable Descriptor message, @Nullable FieldDescriptor field, JsonToken token) {
            if (message != null) {
                return token == JsonToken.BEGIN_OBJECT ? null : "a JSON object";
            }
            if (field == null) {
                return null;
            }
            boolean string = token == JsonToken.STRING;
            boolean number = token == JsonToken.NUMBER;
            return switch (field.getJavaType()) {
                case STRING -> string ? null : "a string";
                case BYTE_STRING -> string ? null : "a string in base64";
                case BOOLEAN -> token == JsonToken.BOOLEAN ? null : "true or false";
                case INT, LONG, FLOAT, DOUBLE -> string || number ? null : "a number";
                case ENUM ->
                    string || number
                            ? null
                            : "a name of enum " + field.getEnumType().getFullName();
                case MESSAGE -> null;
            };
        }

        private void object(Descriptor message, String path) throws IOException {
            Map<String, FieldDescriptor> fields = fields(message);
            Set<FieldDescriptor> seen = new HashSet<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String name = reader.nextName();
                FieldDescriptor field = fields.get(name);
                String place = path.isEmpty() ? name : path + "." + name;
                if (field == null) {
                    problem(place, message.getFullName() + " has no such field; " + FieldNames.hint(message, name));
                    anything(place);
                } else if (!seen.add(field)) {
                    problem(place, "the field is given twice");
                    anything(place);
                } else {
                    field(field, place);
                }
            }
            reader.endObject();
        }

        private void field(FieldDescriptor field, String path) throws IOException {
            if (reader.peek() == JsonToken.NULL) {
                reader.nextNull();
            } else if (field.isMapField()) {
                map(field.getMessageType().findFieldByNumber(2), path);
            } else if (field.isRepeated()) {
                array(field, path);
            } else {
                single(field, path);
            }
        }

        private void single(FieldDescriptor field, String path) throws IOException {
            boolean message = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
            if (message && !plain(field.getMessageType())) {
                anything(path);
            } else {
                value(message ? field.getMessageType() : null, field, path);
            }
        }

        private void array(FieldDescriptor field, String path) throws IOException {
            if (reader.peek() != JsonToken.BEGIN_ARRAY) {
                problem(path, "expected an array, not " + name(reader.peek()));
                anything(path);
                return;
            }
            reader.beginArray();
            for (int i = 0; reader.hasNext(); i++) {
                single(field, path + "[" + i + "]");
            }
            reader.endArray();
        }

        private void map(FieldDescriptor value, String path) throws IOException {
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                problem(path, "expected a JSON object, not " + name(reader.peek()));
                anything(path);
                return;
            }
            Set<String> seen = new HashSet<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                String place = path + "[\"" + key + "\"]";
                checkText(key, place);
                if (!seen.add(key)) {
                    problem(place, "the key is given twice");
                }
                single(value, place);
            }
            reader.endObject();
        }

        /** Any value, with all that is in it. */
        private void anything(String path) throws IOException {
            switch (reader.peek()) {
                case BEGIN_OBJECT -> {
                    Set<String> seen = new HashSet<>();
                    reader.beginObject();
                    while (reader.hasNext()) {
                        String name = reader.nextName();
                        if (!seen.add(name)) {
                            problem(path + "." + name, "the field is given twice");
                        }
                        anything(path + "." + name);
                    }
                    reader.endObject();
                }
                case BEGIN_ARRAY -> {
                    reader.beginArray();
                    while (reader.hasNext()) {
                        anything(path);
                    }
                    reader.endArray();
                }
                case STRING -> checkText(reader.nextString(), path);
                default -> reader.skipValue();
            }
        }

        private void checkText(String text, String path) {
            for (int i = 0; i < text.length(); i++) {
                if (Character.isHighSurrogate(text.charAt(i))
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else if (Character.isSurrogate(text.charAt(i))) {
                    problem(path, "half a surrogate pair at character " + i + " is no text");
                    return;
                }
            }
        }

        private static String name(JsonToken token) {
            return switch (token) {
                case BEGIN_ARRAY -> "an array";
                case BEGIN_OBJECT -> "a JSON object";
                case STRING -> "a string";
                case NUMBER -> "a number";
                case BOOLEAN -> "true or false";
                case NULL -> "null";
                case END_DOCUMENT -> "an empty text";
                case END_ARRAY, END_OBJECT, NAME -> "this";
            };
        }
    }
}
