// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.util.Arrays;
import java.util.List;

/** The columns that are the key of a table's rows together. Not thread-safe. */
final class KeyColumns {
    private final List<KeyColumn> columns;
    private final KeyReader reader;
    private final List<String> fields;

    /**
     * The columns of a topic's key.
     *
     * @throws IllegalArgumentException if the contract has no such key
     */
    KeyColumns(Contract contract, List<String> fields) {
        this.reader = contract.key(fields);
        this.fields = List.copyOf(fields);
        this.columns = fields.stream()
                .map(field -> KeyColumn.of(contract.descriptor(), field))
                .toList();
    }

    List<KeyColumn> columns() {
        return columns;
    }

    /** The place of a field in the key; -1 if it is none of it. */
    int indexOf(String field) {
        return fields.indexOf(field);
    }

    /**
     * The key of a record.
     *
     * @throws IllegalArgumentException if it is none
     */
    RowKey of(byte[] key) {
        List<byte[]> texts = reader.texts(key);
        byte[][] values = new byte[columns.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = columns.get(i).encode(texts.get(i));
        }
        return new RowKey(values);
    }

    /**
     * Refuses a record whose value is not the row that its key names.
     *
     * @throws IllegalArgumentException if it is not
     */
    void check(byte[] key, byte[] value) {
        if (!Arrays.equals(key, reader.read(value, 0, value.length))) {
            throw new IllegalArgumentException(
                    "the record's key is not what its value has in " + fields + ", so it names another row");
        }
    }

    /** The columns of a table in which the key is. */
    StructType in(StructType table) {
        List<String> names =
                columns.stream().map(column -> column.path().get(0)).distinct().toList();
        List<StructField> found = table.fields().stream()
                .filter(field -> names.contains(field.getName()))
                .toList();
        return new StructType(found);
    }

    /** The keys of stored rows. */
    StoredKeys keys(ColumnarBatch rows) {
        KeyColumn.Stored[] stored =
                columns.stream().map(column -> column.in(rows)).toArray(KeyColumn.Stored[]::new);
        return row -> {
            byte[][] values = new byte[stored.length][];
            for (int i = 0; i < values.length; i++) {
                values[i] = stored[i].value(row);
            }
            return new RowKey(values);
        };
    }

    /** The keys of some stored rows. */
    interface StoredKeys {
        RowKey at(int row);
    }
}
