// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The live files of one version of a table, and their rows. Not thread-safe. */
final class Leaves {
    private final Engine engine;
    private final Snapshot snapshot;
    private final KeyColumns keys;
    private final Map<PartitionKey, List<Leaf>> byPartition = new HashMap<>();

    /** Lists them, those of a partition in the order of their ranges. */
    Leaves(Engine engine, Snapshot snapshot, KeyColumns keys) throws IOException {
        this.engine = engine;
        this.snapshot = snapshot;
        this.keys = keys;
        List<String> names = snapshot.getPartitionColumnNames();
        try (CloseableIterator<FilteredColumnarBatch> batches =
                snapshot.getScanBuilder().build().getScanFiles(engine, true)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        add(rows.next(), names);
                    }
                }
            }
        }
        byPartition.values().forEach(leaves -> leaves.sort((a, b) -> KeyRange.compare(a.range(), b.range())));
    }

    private void add(Row scanFile, List<String> partitionColumns) {
        AddFile file = new AddFile(scanFile.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL));
        Map<String, String> partition = InternalScanFileUtils.getPartitionValues(scanFile);
        List<String> values = new ArrayList<>();
        for (String column : partitionColumns) {
            String value = partition.get(column);
            values.add(value == null ? "" : value);
        }
        byPartition
                .computeIfAbsent(new PartitionKey(values), key -> new ArrayList<>())
                .add(new Leaf(
                        scanFile,
                        KeyRange.of(keys.columns(), file.getStatsJson().orElse(""), partition),
                        file.getSize(),
                        file.getNumRecords().orElse(-1L)));
    }

    List<Leaf> of(PartitionKey partition) {
        return byPartition.getOrDefault(partition, List.of());
    }

    /** The rows of a file, in the table's columns. */
    CloseableIterator<FilteredColumnarBatch> rows(Leaf leaf) throws IOException {
        return read(leaf, snapshot.getSchema());
    }

    /** Whether a file has a row of one of the keys; reads the columns of the key alone. */
    boolean hasAny(Leaf leaf, ChangedRows changed) throws IOException {
        try (CloseableIterator<FilteredColumnarBatch> batches = read(leaf, keys.in(snapshot.getSchema()))) {
            while (batches.hasNext()) {
                FilteredColumnarBatch batch = batches.next();
                ColumnarBatch rows = batch.getData();
                KeyColumns.StoredKeys stored = keys.keys(rows);
                for (int row = 0; row < rows.getSize(); row++) {
                    if (isSelected(batch, row) && changed.contains(stored.at(row))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    static boolean isSelected(FilteredColumnarBatch batch, int row) {
        return batch.getSelectionVector()
                .map(selected -> !selected.isNullAt(row) && selected.getBoolean(row))
                .orElse(true);
    }

    private CloseableIterator<FilteredColumnarBatch> read(Leaf leaf, StructType columns) throws IOException {
        Scan scan = snapshot.getScanBuilder().withReadSchema(columns).build();
        Row state = scan.getScanState(engine);
        FileStatus file = InternalScanFileUtils.getAddFileStatus(leaf.scanFile());
        CloseableIterator<ColumnarBatch> physical = engine.getParquetHandler()
                .readParquetFiles(
                        Utils.singletonCloseableIterator(file),
                        ScanStateRow.getPhysicalDataReadSchema(state),
                        Optional.empty())
                .map(FileReadResult::getData);
        return Scan.transformPhysicalData(engine, state, leaf.scanFile(), physical);
    }
}
