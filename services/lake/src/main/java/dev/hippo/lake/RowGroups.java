// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a commit by partition of the table, each partition's with columns beside them. Not thread-safe.
 *
 * @param <S> the columns beside the rows
 */
final class RowGroups<S extends SideColumns> {
    private final TableLayout layout;
    private final Supplier<Group<S>> begin;
    private final Map<PartitionKey, Group<S>> groups = new LinkedHashMap<>();
    private @Nullable PartitionKey lastKey;
    private @Nullable Group<S> lastGroup;

    /**
     * The rows of one partition.
     *
     * @param beside what stands beside them; null if nothing does
     */
    record Group<S extends SideColumns>(
            RowColumns rows, @Nullable S beside) {}

    /** @param begin makes a group without rows */
    RowGroups(TableLayout layout, Supplier<Group<S>> begin) {
        this.layout = layout;
        this.begin = begin;
    }

    /** The rows of the partition that a row belongs to. */
    Group<S> of(byte[] row) {
        PartitionKey key = layout.partition(row);
        Group<S> group = key.equals(lastKey) ? lastGroup : null;
        if (group == null) {
            group = groups.computeIfAbsent(key, k -> begin.get());
            lastKey = key;
            lastGroup = group;
        }
        return group;
    }

    /** Bytes of memory. */
    long held() {
        return groups.values().stream().mapToLong(group -> group.rows.held()).sum();
    }

    /** The partitions that have rows; none for a table without. */
    List<PartitionKey> partitions() {
        return layout.partitions().isEmpty()
                ? List.of()
                : groups.entrySet().stream()
                        .filter(entry -> entry.getValue().rows.size() > 0)
                        .map(Map.Entry::getKey)
                        .toList();
    }

    TableChanges changes() {
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
