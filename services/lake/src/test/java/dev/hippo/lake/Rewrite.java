// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.ChangedRows.Changed;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What another engine's OPTIMIZE does to an unpartitioned table: all files are taken away, and two that overlap hold their rows. */
record Rewrite(KeyColumns keys, Landing landing) implements TableChanges {
    @Override
    public boolean readsTable() {
        return true;
    }

    @Override
    public List<Row> write(Snapshot snapshot, DataFiles files) throws IOException {
        Leaves leaves = new Leaves(files.engine(), snapshot, keys);
        List<Leaf> all = leaves.of(new PartitionKey(List.of()));
        List<Leaf> even = new ArrayList<>();
        List<Leaf> odd = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            (i % 2 == 0 ? even : odd).add(all.get(i));
        }
        List<ColumnVector> none = new ArrayList<>();
        snapshot.getSchema().fields().forEach(field -> none.add(new ConstantColumn(field.getDataType(), 0)));
        RowBatch nothing = new RowBatch(snapshot.getSchema(), none, 0);
        List<Row> actions = new ArrayList<>();
        for (List<Leaf> half : List.of(odd, even)) {
            List<Changed> added = List.of();
            try (MergeStream stream = new MergeStream(leaves, half, keys, new ChangedRows(Map.of()), added, nothing)) {
                actions.addAll(files.write(Map.of(), stream.next(Long.MAX_VALUE)));
            }
        }
        all.forEach(leaf -> actions.add(leaf.removal(0)));
        return actions;
    }
}
