// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record does to a table. Owned by one thread; the row is not written any more.
 *
 * @param name the row's key as a record of the topic of latest rows has it
 * @param key values of the key's columns
 * @param row values of all columns; null if the row goes away
 * @param untold places of columns that keep what they have, if there is such a row
 */
record RowChange(
        ConsumerRecord<byte[], byte[]> record,
        TopicTable to,
        byte[] name,
        Object[] key,
        @Nullable Object @Nullable [] row,
        Set<Integer> untold) {}
