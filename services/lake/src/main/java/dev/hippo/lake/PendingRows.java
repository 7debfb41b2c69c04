// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import io.delta.kernel.types.StructType;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The rows of a commit that adds all that comes, by partition of the table. Not thread-safe. */
final class PendingRows implements Gathering {
    private final RowGroups<HeaderColumns> groups;
    private long rows;
    private long bytes;

    /** @param tableSchema the columns that the table has, in its order */
    PendingRows(TableLayout layout, StructType tableSchema, Contract contract) {
        this.groups = new RowGroups<>(layout, () -> begin(layout, tableSchema, contract));
    }

    private static RowGroups.Group<HeaderColumns> begin(TableLayout layout, StructType tableSchema, Contract contract) {
        HeaderColumns headers = layout.headers() ? new HeaderColumns() : null;
        return new RowGroups.Group<>(
                new RowColumns(layout, tableSchema, contract, headers == null ? SideColumns.NONE : headers), headers);
    }

    @Override
    public boolean add(ConsumerRecord<byte[], byte[]> record) {
        byte[] event = record.value();
        if (event == null) {
            throw new IllegalArgumentException("the record has no value");
        }
        RowGroups.Group<HeaderColumns> group = groups.of(event);
        group.rows().append(event);
        HeaderColumns headers = group.beside();
        if (headers != null) {
            headers.append(record);
        }
        rows++;
        bytes += event.length;
        return true;
    }

    @Override
    public long records() {
        return rows;
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long held() {
        return groups.held();
    }

    @Override
    public List<PartitionKey> partitions() {
        return groups.partitions();
    }

    @Override
    public TableChanges changes() {
        return groups.changes();
    }
}
