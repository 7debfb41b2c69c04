// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.contracts.Contract;
import dev.hippo.lake.columns.MessageColumn;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.StructType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The rows of the commit that is being gathered, by partition of the table. Not thread-safe. */
final class PendingRows {
    private final TableLayout layout;
    private final StructType tableSchema;
    private final StructType events;
    private final Contract contract;
    private final Map<PartitionKey, Group> groups = new LinkedHashMap<>();
    private @Nullable PartitionKey lastKey;
    private @Nullable Group lastGroup;
    private long rows;
    private long bytes;

    /** The rows of one partition. */
    private static final class Group {
        private final MessageColumn events;
        private final @Nullable HeaderColumns headers;

        Group(MessageColumn events, @Nullable HeaderColumns headers) {
            this.events = events;
            this.headers = headers;
        }
    }

    /** @param tableSchema the columns that the table has, in its order */
    PendingRows(TableLayout layout, StructType tableSchema, Contract contract) {
        this.layout = layout;
        this.tableSchema = tableSchema;
        this.events = new StructType(tableSchema.fields().stream()
                .filter(field -> contract.descriptor().findFieldByName(field.getName()) != null)
                .toList());
        this.contract = contract;
    }

    /** Adds a record. Throws {@link dev.hippo.contracts.MalformedWireException} or IllegalArgumentException if its value does not parse; nothing is added then. */
    void add(ConsumerRecord<byte[], byte[]> record) {
        byte[] event = record.value();
        List<String> values = new ArrayList<>(layout.partitions().size());
        for (PartitionSource source : layout.partitions()) {
            values.add(source.read(event));
        }
        Group group = group(new PartitionKey(values));
        group.events.append(event);
        if (group.headers != null) {
            group.headers.append(record);
        }
        rows++;
        bytes += event.length;
    }

    private Group group(PartitionKey key) {
        Group group = key.equals(lastKey) ? lastGroup : null;
        if (group == null) {
            group = groups.computeIfAbsent(
                    key,
                    k -> new Group(
                            new MessageColumn(events, contract.descriptor()),
                            layout.headers() ? new HeaderColumns() : null));
            lastKey = key;
            lastGroup = group;
        }
        return group;
    }

    long rows() {
        return rows;
    }

    /** Bytes of the events taken. */
    long bytes() {
        return bytes;
    }

    /** Bytes of memory that the rows take here. */
    long held() {
        return groups.values().stream()
                .mapToLong(group -> group.events.held() + (group.headers == null ? 0 : group.headers.held()))
                .sum();
    }

    List<PartitionKey> partitions() {
        return layout.partitions().isEmpty()
                ? List.of()
                : groups.entrySet().stream()
                        .filter(entry -> entry.getValue().events.getSize() > 0)
                        .map(Map.Entry::getKey)
                        .toList();
    }

    /** The rows as parts for the table, in the table's order of columns. */
    List<DeltaTable.Part> parts() {
        List<DeltaTable.Part> parts = new ArrayList<>();
        groups.forEach((key, group) -> {
            int size = group.events.getSize();
            if (size == 0) {
                // its only record did not parse
                return;
            }
            Map<String, ColumnVector> byName = new LinkedHashMap<>();
            for (PartitionSource source : layout.partitions()) {
                byName.put(source.name(), new ConstantColumn(source.type(), size));
            }
            for (int i = 0; i < events.length(); i++) {
                byName.putIfAbsent(events.at(i).getName(), group.events.getChild(i));
            }
            if (group.headers != null) {
                byName.putAll(group.headers.columns());
            }
            List<ColumnVector> columns = new ArrayList<>();
            tableSchema.fields().forEach(field -> {
                ColumnVector column = byName.get(field.getName());
                columns.add(column == null ? new ConstantColumn(field.getDataType(), size) : column);
            });
            parts.add(new DeltaTable.Part(key.literals(layout.partitions()), new RowBatch(tableSchema, columns, size)));
        });
        return parts;
    }
}
