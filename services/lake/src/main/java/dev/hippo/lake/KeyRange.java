// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of the keys in a file: bounds for each column. A file whose statistics tell nothing may hold any key. */
final class KeyRange {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<KeyColumn> columns;
    private final List<Bounds> bounds;

    /** The bounds of one column; null for none. */
    private record Bounds(byte @Nullable [] least, byte @Nullable [] most) {
        private static final Bounds NONE = new Bounds(null, null);
    }

    private KeyRange(List<KeyColumn> columns, List<Bounds> bounds) {
        this.columns = columns;
        this.bounds = bounds;
    }

    /**
     * The bounds of a file.
     *
     * @param statistics as the log has them; empty for none
     * @param partition the values that all its rows have, by column
     */
    static KeyRange of(List<KeyColumn> columns, String statistics, Map<String, String> partition) {
        JsonNode json = parse(statistics);
        List<Bounds> bounds = new ArrayList<>();
        for (KeyColumn column : columns) {
            String name = column.path().get(0);
            if (partition.containsKey(name)) {
                String text = partition.get(name);
                byte[] value = text == null ? column.standard() : column.encode(text.getBytes(StandardCharsets.UTF_8));
                bounds.add(new Bounds(value, value));
            } else if (column.isNeverNull(json.path("nullCount"))) {
                bounds.add(new Bounds(column.least(json.path("minValues")), column.most(json.path("maxValues"))));
            } else {
                bounds.add(Bounds.NONE);
            }
        }
        return new KeyRange(columns, bounds);
    }

    private static JsonNode parse(String statistics) {
        try {
            return statistics.isEmpty() ? MissingNode.getInstance() : JSON.readTree(statistics);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** Whether a key may be in the file. */
    boolean mayHold(RowKey key) {
        for (int i = 0; i < columns.size(); i++) {
            byte[] value = key.value(i);
            byte[] from = bounds.get(i).least();
            byte[] to = bounds.get(i).most();
            if ((from != null && Arrays.compareUnsigned(value, from) < 0)
                    || (to != null && !columns.get(i).isWithin(value, to))) {
                return false;
            }
        }
        return true;
    }

    /** Whether every key from this one on is behind all that the file may have. */
    boolean endsBefore(RowKey key) {
        byte[] to = bounds.get(0).most();
        return to != null && !columns.get(0).isWithin(key.value(0), to);
    }

    /** Whether a key is not before the first that the file may have, as far as that is known. */
    boolean beginsBefore(RowKey key) {
        for (int i = 0; i < columns.size(); i++) {
            byte[] from = bounds.get(i).least();
            if (from == null) {
                return true;
            }
            int order = Arrays.compareUnsigned(from, key.value(i));
            if (order != 0) {
                return order < 0;
            }
        }
        return true;
    }

    /** By their beginnings; those of which it is not known come first. */
    static int compare(KeyRange a, KeyRange b) {
        for (int i = 0; i < a.columns.size(); i++) {
            byte[] first = a.bounds.get(i).least();
            byte[] second = b.bounds.get(i).least();
            if (first == null || second == null) {
                return Boolean.compare(first != null, second != null);
            }
            int order = Arrays.compareUnsigned(first, second);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
