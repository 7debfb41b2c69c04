// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import dev.hippo.pipeline.TableSpec;
import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Which files are a Delta table's present version, by Delta Kernel; the answer for a version is kept. Thread-safe. */
final class LiveFiles {
    /**
     * One version of a table.
     *
     * @param files absolute paths
     */
    record Version(long version, StructType schema, List<String> partitionColumns, List<String> files) {
        Version {
            partitionColumns = List.copyOf(partitionColumns);
            files = List.copyOf(files);
        }
    }

    private final Engine engine = DefaultEngine.create(new Configuration());
    private final Map<String, Version> known = new ConcurrentHashMap<>();

    /** The present version; empty when the table has not been made yet. */
    Optional<Version> of(TableSpec table, String location) throws IOException, QueryFailure {
        Snapshot snapshot;
        try {
            snapshot = Table.forPath(engine, location).getLatestSnapshot(engine);
        } catch (TableNotFoundException e) {
            return Optional.empty();
        }
        Version before = known.get(table.name());
        if (before != null && before.version() == snapshot.getVersion()) {
            return Optional.of(before);
        }
        Version now = new Version(
                snapshot.getVersion(),
                snapshot.getSchema(),
                snapshot.getPartitionColumnNames(),
                files(table, snapshot));
        known.put(table.name(), now);
        return Optional.of(now);
    }

    private List<String> files(TableSpec table, Snapshot snapshot) throws IOException, QueryFailure {
        Scan scan = snapshot.getScanBuilder().build();
        List<String> files = new ArrayList<>();
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        Row row = rows.next();
                        if (InternalScanFileUtils.getDeletionVectorDescriptorFromRow(row) != null) {
                            throw new QueryFailure(
                                    501,
                                    "table '" + table.name()
                                            + "' has deletion vectors, which this service does not read; run OPTIMIZE on it with the tool that deleted rows");
                        }
                        String path =
                                InternalScanFileUtils.getAddFileStatus(row).getPath();
                        files.add(
                                path.startsWith("file:")
                                        ? new Path(path).toUri().getPath()
                                        : path);
                    }
                }
            }
        }
        return files;
    }
}
