// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.kit.HippoFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A topic, or a table of a source, and the table that its rows go to. Not thread-safe. */
final class TopicTable {
    private static final int LONGEST_KEY_SHOWN = 100;

    private final TargetTable table;
    private final KeyReader key;
    private final RowDecoder decoder;

    TopicTable(TargetTable table, KeyReader key, RowDecoder decoder) {
        this.table = table;
        this.key = key;
        this.decoder = decoder;
    }

    TargetTable table() {
        return table;
    }

    /**
     * What a record of a changelog does to the table.
     *
     * @throws HippoFailure if that is nothing that could be done, with what a person may do
     */
    RowChange change(ConsumerRecord<byte[], byte[]> record) throws HippoFailure {
        byte[] recordKey = record.key();
        if (recordKey == null) {
            throw refused(record, null, "it has no key", "a changelog topic is written with the key of each row");
        }
        byte[] value = record.value();
        if (value != null) {
            byte[] inside = rowKey(record, recordKey, value);
            if (!Arrays.equals(inside, recordKey)) {
                throw refused(
                        record,
                        recordKey,
                        "the row's own " + table.keyName() + " is '" + shown(inside) + "'",
                        "whoever writes the topic has to take the key from the row");
            }
        }
        return decode(record, recordKey, value, Set.of());
    }

    /**
     * What a change of a source does to the table.
     *
     * @throws HippoFailure as that of a record does
     */
    RowChange change(SourceChange change) throws HippoFailure {
        Set<Integer> untold = change.unchanged().isEmpty() ? Set.of() : table.places(change.unchanged());
        return decode(change.record(), change.name(), change.row(), untold);
    }

    /**
     * A row's key as a record of the topic of latest rows has it.
     *
     * @param image the row, or its key's columns alone
     * @throws HippoFailure if it is no row
     */
    byte[] rowKey(ConsumerRecord<byte[], byte[]> record, byte[] image) throws HippoFailure {
        return rowKey(record, null, image);
    }

    private byte[] rowKey(ConsumerRecord<byte[], byte[]> record, byte @Nullable [] name, byte[] image)
            throws HippoFailure {
        try {
            return key.read(image, 0, image.length);
        } catch (IllegalArgumentException e) {
            throw malformed(record, name, e);
        }
    }

    private HippoFailure malformed(
            ConsumerRecord<byte[], byte[]> record, byte @Nullable [] name, RuntimeException because) {
        return refused(
                record,
                name,
                "it is no message of the topic's contract: " + because.getMessage(),
                "find out who wrote it; a right record of the same key behind it takes its place");
    }

    private RowChange decode(
            ConsumerRecord<byte[], byte[]> record, byte[] name, byte @Nullable [] image, Set<Integer> untold)
            throws HippoFailure {
        if (image == null) {
            return new RowChange(record, this, name, keyValues(record, name), null, Set.of());
        }
        try {
            @Nullable Object[] row = decoder.decode(image);
            table.check(row);
            return new RowChange(record, this, name, keyValues(record, name), row, untold);
        } catch (MalformedWireException e) {
            throw malformed(record, name, e);
        } catch (IllegalArgumentException e) {
            throw refused(
                    record,
                    name,
                    String.valueOf(e.getMessage()),
                    "or mend the row at its source: the newer one counts");
        }
    }

    private Object[] keyValues(ConsumerRecord<byte[], byte[]> record, byte[] name) throws HippoFailure {
        try {
            return table.keyValues(key.texts(name));
        } catch (IllegalArgumentException e) {
            throw refused(
                    record,
                    name,
                    "its key is no " + table.keyType() + ", as the topic's contract says",
                    "find out who wrote it");
        }
    }

    /**
     * What to say of a record that cannot be brought into the table.
     *
     * @param name the row's key as a record of the topic of latest rows has it; null if that is not known
     */
    HippoFailure refused(ConsumerRecord<byte[], byte[]> record, byte @Nullable [] name, String because, String remedy) {
        String shown = name == null ? "" : " (key '" + shown(name) + "')";
        return new HippoFailure(
                "record " + record.topic() + "/" + record.partition() + "/" + record.offset() + shown
                        + " cannot be brought to table " + table.name() + ": " + because + "; " + remedy
                        + ". Nothing of it nor of what was read with it is in the database; the hippo goes on there when it is started again");
    }

    private static String shown(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        return text.length() <= LONGEST_KEY_SHOWN ? text : text.substring(0, LONGEST_KEY_SHOWN) + "...";
    }
}
