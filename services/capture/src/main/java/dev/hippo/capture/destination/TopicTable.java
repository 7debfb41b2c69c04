// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.kit.HippoFailure;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A topic and the table that its rows go to. Not thread-safe. */
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
     * What a record does to the table.
     *
     * @throws HippoFailure if that is nothing that could be done, with what a person may do
     */
    RowChange change(ConsumerRecord<byte[], byte[]> record) throws HippoFailure {
        byte[] recordKey = record.key();
        if (recordKey == null) {
            throw refused(record, "it has no key", "a changelog topic is written with the key of each row");
        }
        byte[] value = record.value();
        try {
            if (value == null) {
                return new RowChange(record, this, keyValues(record, recordKey), null);
            }
            byte[] inside = key.read(value, 0, value.length);
            if (!Arrays.equals(inside, recordKey)) {
                throw refused(
                        record,
                        "the row's own " + table.keyName() + " is '" + shown(inside) + "'",
                        "whoever writes the topic has to take the key from the row");
            }
            Object[] row = decoder.decode(value);
            table.check(row);
            return new RowChange(record, this, keyValues(record, recordKey), row);
        } catch (MalformedWireException e) {
            throw refused(
                    record,
                    "it is no message of the topic's contract: " + e.getMessage(),
                    "find out who wrote it; a right record of the same key behind it takes its place");
        } catch (IllegalArgumentException e) {
            throw refused(
                    record, String.valueOf(e.getMessage()), "or mend the row at its source: the newer one counts");
        }
    }

    private Object[] keyValues(ConsumerRecord<byte[], byte[]> record, byte[] recordKey) throws HippoFailure {
        try {
            return table.keyValues(key.texts(recordKey));
        } catch (IllegalArgumentException e) {
            throw refused(
                    record,
                    "its key is no " + table.keyType() + ", as the topic's contract says",
                    "find out who wrote it");
        }
    }

    /** What to say of a record that cannot be brought into the table. */
    HippoFailure refused(ConsumerRecord<byte[], byte[]> record, String because, String remedy) {
        String shown = record.key() == null ? "" : " (key '" + shown(record.key()) + "')";
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
