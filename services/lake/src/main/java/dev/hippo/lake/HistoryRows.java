// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.Contract;
import io.delta.kernel.types.StructType;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The changes of one table of a source, each a row: the row after it, of a deleted one the row before or what is told of it. Not thread-safe. */
final class HistoryRows implements Gathering {
    private static final byte[] NOTHING = {};

    private final RowGroups<HistoryColumns> groups;
    private final Contract contract;
    private final String source;
    private long rows;
    private long bytes;

    HistoryRows(TableLayout layout, StructType tableSchema, Contract contract, String source) {
        this.groups = new RowGroups<>(layout, () -> {
            HistoryColumns changes = new HistoryColumns();
            return new RowGroups.Group<>(new RowColumns(layout, tableSchema, contract, changes), changes);
        });
        this.contract = contract;
        this.source = source;
    }

    @Override
    public boolean add(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            throw new IllegalArgumentException("the record has no value");
        }
        ChangeEvent change = parse(record.value());
        if (!change.getTable().equals(source)) {
            return false;
        }
        if (!change.getContract().isEmpty() && !change.getContract().equals(contract.name())) {
            throw new IllegalArgumentException(
                    "the change is of contract " + change.getContract() + ", the table of " + contract.name());
        }
        ByteString image = image(change);
        byte[] row = image == null ? NOTHING : image.toByteArray();
        RowGroups.Group<HistoryColumns> group = groups.of(row);
        if (image == null) {
            group.rows().appendUnknown();
        } else {
            group.rows().append(row);
        }
        Objects.requireNonNull(group.beside()).append(change, record.offset());
        rows++;
        bytes += record.value().length;
        return true;
    }

    private static ChangeEvent parse(byte[] value) {
        try {
            return ChangeEvent.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the record is no change: " + e.getMessage(), e);
        }
    }

    /** What is told of the row; null if nothing is. */
    private static @Nullable ByteString image(ChangeEvent change) {
        if (change.getOp() == Op.TRUNCATE) {
            return null;
        }
        if (change.hasAfter()) {
            return change.getAfter();
        }
        return change.hasBefore() ? change.getBefore() : change.hasKey() ? change.getKey() : null;
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
