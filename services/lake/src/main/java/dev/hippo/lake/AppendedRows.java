// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.Snapshot;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.expressions.Literal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows that are added to a table, whatever it has. */
record AppendedRows(List<Part> parts) implements TableChanges {
    /** Rows for one partition of the table. */
    record Part(Map<String, Literal> partition, ColumnarBatch rows) {}

    AppendedRows {
        parts = List.copyOf(parts);
    }

    @Override
    public boolean readsTable() {
        return false;
    }

    @Override
    public List<Row> write(Snapshot snapshot, DataFiles files) throws IOException {
        List<Row> actions = new ArrayList<>();
        for (Part part : parts) {
            actions.addAll(files.write(part.partition(), List.of(part.rows()).iterator()));
        }
        return actions;
    }
}
