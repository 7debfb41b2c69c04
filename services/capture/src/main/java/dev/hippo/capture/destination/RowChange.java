// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record does to a table. Owned by one thread; the row is not written any more.
 *
 * @param key values of the key's columns
 * @param row values of all columns; null if the row goes away
 */
record RowChange(
        ConsumerRecord<byte[], byte[]> record,
        TopicTable to,
        Object[] key,
        @Nullable Object @Nullable [] row) {}
