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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;

/** Which files are a Delta table's present version, by Delta Kernel; the answer for a version is kept. Thread-safe. */
final class LiveFiles {
    /**
     * One version of a table.
     *
     * @param files absolute paths
     */
    record Version(long version, Commit commit, StructType schema, List<String> partitionColumns, List<String> files) {
        Version {
            partitionColumns = List.copyOf(partitionColumns);
            files = List.copyOf(files);
        }
    }

    /**
     * A commit's file in the log, to see whether it is still the same; none for a table that is in no folder of this machine.
     *
     * @param key what tells a file from one that was made in its place
     */
    record Commit(String key) {
        private static final Commit NONE = new Commit("");

        static Commit read(String location, long version) {
            if (!location.startsWith("/")) {
                return NONE;
            }
            try {
                Path file = Path.of(location, "_delta_log", String.format(Locale.ROOT, "%020d.json", version));
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return new Commit(attributes.fileKey() + " " + attributes.lastModifiedTime() + " " + attributes.size());
            } catch (IOException e) {
                return NONE;
            }
        }

        boolean isNone() {
            return key.isEmpty();
        }
    }

    private final Engine engine = DefaultEngine.create(new Configuration());
    private final Map<String, Version> known = new ConcurrentHashMap<>();

    /** The present version; empty when the table has not been made yet. */
    Optional<Version> of(TableSpec table, String location) throws IOException, QueryFailure {
        Version before = known.get(table.name());
        if (before != null
                && before.commit().equals(Commit.read(location, before.version()))
                && !before.commit().isNone()
                && Commit.read(location, before.version() + 1).isNone()) {
            return Optional.of(before);
        }
        Snapshot snapshot;
        try {
            snapshot = Table.forPath(engine, location).getLatestSnapshot(engine);
        } catch (TableNotFoundException e) {
            return Optional.empty();
        }
        Version now = new Version(
                snapshot.getVersion(),
                Commit.read(location, snapshot.getVersion()),
                snapshot.getSchema(),
                snapshot.getPartitionColumnNames(),
                files(table, snapshot));
        known.put(table.name(), now);
        return Optional.of(now);
    }

    /** Kernel gives a file's name behind {@code file:} as it is, not as a URI would have it. */
    private static String local(String path) {
        return path.startsWith("file:") ? path.replaceFirst("^file:/+", "/") : path;
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
                        files.add(local(path));
                    }
                }
            }
        }
        return files;
    }
}
