// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A change of one row as a topic of all changes tells it. Owned by one thread; the arrays and the list are not written any more.
 *
 * @param name the row's key as a record of the topic of latest rows has it
 * @param row its message; null if the row goes away
 * @param unchanged fields, such as {@code address.street}, that have in the message what they had when the change was read, which may be later; in the table a column of which nothing else was told
 *     keeps what it has
 */
record SourceChange(
        ConsumerRecord<byte[], byte[]> record,
        TopicTable to,
        byte[] name,
        byte @Nullable [] row,
        List<String> unchanged) {
    /** About how much memory it takes. */
    int size() {
        return row == null ? name.length : name.length + row.length;
    }
}
