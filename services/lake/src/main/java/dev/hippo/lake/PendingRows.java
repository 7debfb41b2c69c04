// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The rows of a commit that adds all that comes, by partition of the table. Not thread-safe. */
final class PendingRows implements Gathering {
    private final TableLayout layout;
    private final StructType tableSchema;
    private final Contract contract;
    private final Map<PartitionKey, Group> groups = new LinkedHashMap<>();
    private @Nullable PartitionKey lastKey;
    private @Nullable Group lastGroup;
    private long rows;
    private long bytes;

    /** The rows of one partition. */
    private record Group(RowColumns rows, @Nullable HeaderColumns headers) {}

    /** @param tableSchema the columns that the table has, in its order */
    PendingRows(TableLayout layout, StructType tableSchema, Contract contract) {
        this.layout = layout;
        this.tableSchema = tableSchema;
        this.contract = contract;
    }

    @Override
    public boolean add(ConsumerRecord<byte[], byte[]> record) {
        byte[] event = record.value();
        if (event == null) {
            throw new IllegalArgumentException("the record has no value");
        }
        Group group = group(layout.partition(event));
        group.rows.append(event);
        if (group.headers != null) {
            group.headers.append(record);
        }
        rows++;
        bytes += event.length;
        return true;
    }

    private Group group(PartitionKey key) {
        Group group = key.equals(lastKey) ? lastGroup : null;
        if (group == null) {
            group = groups.computeIfAbsent(key, k -> begin());
            lastKey = key;
            lastGroup = group;
        }
        return group;
    }

    private Group begin() {
        HeaderColumns headers = layout.headers() ? new HeaderColumns() : null;
        return new Group(
                new RowColumns(layout, tableSchema, contract, headers == null ? SideColumns.NONE : headers), headers);
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
        return groups.values().stream().mapToLong(group -> group.rows.held()).sum();
    }

    @Override
    public List<PartitionKey> partitions() {
        return layout.partitions().isEmpty()
                ? List.of()
                : groups.entrySet().stream()
                        .filter(entry -> entry.getValue().rows.size() > 0)
                        .map(Map.Entry::getKey)
                        .toList();
    }

    @Override
    public TableChanges changes() {
        List<AppendedRows.Part> parts = new ArrayList<>();
        groups.forEach((key, group) -> {
            // without rows its only record did not parse
            if (group.rows.size() > 0) {
                parts.add(new AppendedRows.Part(key.literals(layout.partitions()), group.rows.batch()));
            }
        });
        return new AppendedRows(parts);
    }
}
