// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What waits for the next commit. Not thread-safe. */
interface Gathering {
    /**
     * Takes a record.
     *
     * @return false if it has nothing to do with the table, and was passed over
     * @throws dev.hippo.contracts.MalformedWireException if it does not parse; nothing is taken then
     * @throws IllegalArgumentException if it cannot be in the table; nothing is taken then
     */
    boolean add(ConsumerRecord<byte[], byte[]> record);

    /** Records taken. */
    long records();

    /** Rows that the commit will add, replace or take away. */
    long rows();

    /** Bytes of the records taken. */
    long bytes();

    /** Bytes of memory that they take here. */
    long held();

    /** The partitions of the table that they touch; empty for an unpartitioned one. */
    List<PartitionKey> partitions();

    /** What the commit does to the table. */
    TableChanges changes();
}
