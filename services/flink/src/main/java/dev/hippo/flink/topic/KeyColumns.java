// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.MalformedWireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/** The columns of a changelog's rows that are its key, as far as a query uses them. Not thread-safe. */
final class KeyColumns {
    private final KeyReader reader;
    private final List<String> key;
    private final int[] columns;
    private final @Nullable FieldDescriptor[] fields;

    /**
     * For rows of those columns.
     *
     * @param key at least one field of the contract itself
     */
    KeyColumns(Contract contract, List<String> key, List<String> columns) {
        this.reader = contract.key(key);
        this.key = key;
        this.columns = key.stream().mapToInt(columns::indexOf).toArray();
        this.fields = new FieldDescriptor[key.size()];
        for (int i = 0; i < fields.length; i++) {
            fields[i] = contract.descriptor().findFieldByName(key.get(i));
        }
    }

    /** Sets them to what the key of a record says. Throws {@link MalformedWireException} if that is none of the topic's. */
    void fill(GenericRowData row, byte[] recordKey) {
        List<byte[]> texts = texts(recordKey);
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] >= 0) {
                row.setField(columns[i], KeyText.value(Objects.requireNonNull(fields[i]), texts.get(i)));
            }
        }
    }

    private List<byte[]> texts(byte[] recordKey) {
        try {
            return reader.texts(recordKey);
        } catch (IllegalArgumentException e) {
            throw new MalformedWireException("the key '" + new String(recordKey, StandardCharsets.UTF_8)
                    + "' is not that of " + String.join(", ", key) + ": " + e.getMessage());
        }
    }
}
