// SPDX-License-Identifier: Apache-2.0
package dev.hippo.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a job says of itself: rows, tables and values of its own. Thread-safe. */
public final class Result {
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final List<String> tables = new ArrayList<>();

    /** Rows that were read, added to those before. */
    public synchronized Result rowsIn(long rows) {
        return add("rows_in", rows);
    }

    /** Rows that were written, added to those before. */
    public synchronized Result rowsOut(long rows) {
        return add("rows_out", rows);
    }

    private Result add(String name, long rows) {
        fields.merge(name, rows, (a, b) -> (Long) a + (Long) b);
        return this;
    }

    /** A table that was written. */
    public synchronized Result table(String name) {
        tables.add(name);
        return this;
    }

    public synchronized Result put(String name, String value) {
        fields.put(name, value);
        return this;
    }

    public synchronized Result put(String name, long value) {
        fields.put(name, value);
        return this;
    }

    /**
     * A number.
     *
     * @throws IllegalArgumentException if it is not finite, which JSON cannot say
     */
    public synchronized Result put(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", which JSON cannot say");
        }
        fields.put(name, value);
        return this;
    }

    public synchronized Result put(String name, boolean value) {
        fields.put(name, value);
        return this;
    }

    /** If the attempt fails, another one is of no use. */
    public synchronized Result doNotRetry() {
        return put("retry", false);
    }

    /** One JSON object. */
    public synchronized String toJson() {
        Map<String, Object> all = new LinkedHashMap<>(fields);
        if (!tables.isEmpty()) {
            all.put("tables", tables);
        }
        return all.entrySet().stream()
                .map(field -> text(field.getKey()) + ": " + value(field.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String value(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(Result::value).collect(Collectors.joining(", ", "[", "]"));
        }
        return value instanceof String text ? text(text) : value.toString();
    }

    private static String text(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** Whole or not at all. Writes nothing if nothing was said. */
    void write(Path file) throws IOException {
        String json = toJson();
        if (!json.equals("{}")) {
            Path half = file.resolveSibling(file.getFileName() + ".half");
            Files.writeString(half, json);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
