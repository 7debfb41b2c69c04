// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.ChangedRows.Changed;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.Row;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rows that take the place of those with the same keys, and keys whose rows go away. A file in which a row changes is written anew, with the new rows that belong among its own; those that
 * belong to none that is small or changes anyhow are files of their own.
 *
 * @param changed by the partition of the table
 * @param rows the rows that came
 * @param bytesPerRow about how large a row is in a file, where no file tells
 */
record Merge(
        KeyColumns keys,
        List<PartitionSource> partitions,
        Map<PartitionKey, ChangedRows> changed,
        RowBatch rows,
        long bytesPerRow,
        LeafSize size,
        InstantSource clock)
        implements TableChanges {
    /**
     * How large files are made: so small that one changed row is cheap, so large that a table is not a heap of crumbs.
     *
     * @param bytes of a file
     * @param rows in it
     */
    record LeafSize(long bytes, long rows) {
        static final LeafSize STANDARD = new LeafSize(8 << 20, 250_000);

        /** How many files so many rows are; half as many again as one should have are still one. */
        long pieces(long count, double bytesPerRow) {
            double filled = Math.max(count * bytesPerRow / bytes, (double) count / rows);
            return filled <= 1.5 ? 1 : (long) Math.ceil(filled);
        }

        /** Whether rows that lie beside a file's own go into it. */
        boolean isSmall(Leaf leaf) {
            return leaf.bytes() < bytes / 2 && leaf.rows() < rows / 2;
        }
    }

    @Override
    public boolean readsTable() {
        return true;
    }

    @Override
    public List<Row> write(Snapshot snapshot, DataFiles files) throws IOException {
        Leaves leaves = new Leaves(files.engine(), snapshot, keys);
        List<Row> actions = new ArrayList<>();
        for (Map.Entry<PartitionKey, ChangedRows> entry : changed.entrySet()) {
            actions.addAll(new OfPartition(leaves, files, entry.getKey(), entry.getValue()).write());
        }
        return actions;
    }

    /** The changes of one partition. */
    private final class OfPartition {
        private final Leaves leaves;
        private final DataFiles files;
        private final PartitionKey partition;
        private final ChangedRows changes;
        private final Placement placement;
        private final double bytesOfRow;
        private final List<Row> actions = new ArrayList<>();

        OfPartition(Leaves leaves, DataFiles files, PartitionKey partition, ChangedRows changes) {
            this.leaves = leaves;
            this.files = files;
            this.partition = partition;
            this.changes = changes;
            this.placement = new Placement(leaves.of(partition), changes.sorted(), size);
            this.bytesOfRow = bytesOfRow(leaves.of(partition));
        }

        private double bytesOfRow(List<Leaf> all) {
            long bytes = 0;
            long count = 0;
            for (Leaf leaf : all) {
                if (leaf.rows() > 0) {
                    bytes += leaf.bytes();
                    count += leaf.rows();
                }
            }
            return count == 0 ? Math.max(1, bytesPerRow) : (double) bytes / count;
        }

        List<Row> write() throws IOException {
            List<Leaf> run = new ArrayList<>();
            List<Changed> place = new ArrayList<>();
            for (int i = 0; i < placement.leaves().size(); i++) {
                Leaf leaf = placement.leaves().get(i);
                List<Changed> own = placement.placed(i);
                if (!placement.isTouched(i) || (own.isEmpty() && !leaves.hasAny(leaf, changes))) {
                    write(run, place);
                } else {
                    if (!run.isEmpty() && size.pieces(count(run, place) + count(leaf) + own.size(), bytesOfRow) > 1) {
                        write(run, place);
                    }
                    run.add(leaf);
                    place.addAll(own);
                }
            }
            write(run, place);
            for (List<Changed> between : placement.between()) {
                write(new ArrayList<>(), between);
            }
            return actions;
        }

        private long count(List<Leaf> run, List<Changed> place) {
            return run.stream().mapToLong(this::count).sum() + place.size();
        }

        private long count(Leaf leaf) {
            return leaf.rows() >= 0 ? leaf.rows() : (long) Math.ceil(leaf.bytes() / bytesOfRow);
        }

        /** Writes files that follow each other as new ones, and takes them away; forgets them then. */
        private void write(List<Leaf> run, List<Changed> place) throws IOException {
            long count = count(run, place);
            long pieces = size.pieces(count, bytesOfRow);
            long most = Math.max(1, (count + pieces - 1) / pieces);
            place.sort((a, b) -> a.key().compareTo(b.key()));
            try (MergeStream stream = new MergeStream(leaves, run, keys, changes, place, rows)) {
                while (stream.hasNext()) {
                    actions.addAll(files.write(partition.literals(partitions), stream.next(most)));
                }
            }
            long now = clock.millis();
            run.forEach(leaf -> actions.add(leaf.removal(now)));
            run.clear();
            place.clear();
        }
    }
}
