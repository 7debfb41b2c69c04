// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import io.delta.kernel.types.StructType;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What the next commit makes of the rows of a changelog: of each key the last record counts, and one without a value takes its row away. Not thread-safe. */
final class MergedRows implements Gathering {
    /** What an entry of the map takes beside its key. */
    private static final int ENTRY_BYTES = 72;

    private final TableLayout layout;
    private final KeyColumns keys;
    private final InstantSource clock;
    private final Merge.LeafSize size;
    private final @Nullable HeaderColumns headers;
    private final RowColumns rows;
    private final Map<RowKey, Integer> last = new HashMap<>();
    private long records;
    private long bytes;
    private long keyBytes;

    MergedRows(
            TableLayout layout,
            StructType tableSchema,
            Contract contract,
            KeyColumns keys,
            Merge.LeafSize size,
            InstantSource clock) {
        this.layout = layout;
        this.keys = keys;
        this.size = size;
        this.clock = clock;
        this.headers = layout.headers() ? new HeaderColumns() : null;
        this.rows = new RowColumns(layout, tableSchema, contract, headers == null ? SideColumns.NONE : headers);
    }

    @Override
    public boolean add(ConsumerRecord<byte[], byte[]> record) {
        byte[] name = record.key();
        if (name == null) {
            throw new IllegalArgumentException("the record has no key, so no row can be told from it");
        }
        RowKey key = keys.of(name);
        byte[] value = record.value();
        int row = ChangedRows.GONE;
        if (value != null) {
            keys.check(name, value);
            rows.append(value);
            if (headers != null) {
                headers.append(record);
            }
            row = rows.size() - 1;
            bytes += value.length;
        }
        if (last.put(key, row) == null) {
            keyBytes += key.held() + ENTRY_BYTES;
        }
        bytes += name.length;
        records++;
        return true;
    }

    @Override
    public long records() {
        return records;
    }

    @Override
    public long rows() {
        return last.size();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long held() {
        return rows.held() + keyBytes;
    }

    @Override
    public List<PartitionKey> partitions() {
        return layout.partitions().isEmpty()
                ? List.of()
                : new ArrayList<>(byPartition().keySet());
    }

    private Map<PartitionKey, Map<RowKey, Integer>> byPartition() {
        Map<PartitionKey, Map<RowKey, Integer>> parts = new LinkedHashMap<>();
        if (layout.partitions().isEmpty()) {
            parts.put(new PartitionKey(List.of()), last);
        } else {
            last.forEach((key, row) -> parts.computeIfAbsent(partition(key), part -> new HashMap<>())
                    .put(key, row));
        }
        return parts;
    }

    /** The partition columns are columns of the key. */
    private PartitionKey partition(RowKey key) {
        List<String> values = new ArrayList<>();
        for (PartitionSource source : layout.partitions()) {
            int column = keys.indexOf(source.field());
            values.add(keys.columns().get(column).text(key.value(column)));
        }
        return new PartitionKey(values);
    }

    @Override
    public TableChanges changes() {
        Map<PartitionKey, ChangedRows> changed = new LinkedHashMap<>();
        byPartition().forEach((partition, part) -> changed.put(partition, new ChangedRows(part)));
        return new Merge(
                keys,
                layout.partitions(),
                changed,
                rows.batch(),
                rows.size() == 0 ? 1 : Math.max(1, bytes / rows.size()),
                size,
                clock);
    }
}
