// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/** Writes the data files of one transaction. */
record DataFiles(Engine engine, Row transactionState) {
    /**
     * Writes rows in their order into new files of a partition; none if there are no rows.
     *
     * @return the actions that add the files
     */
    List<Row> write(Map<String, Literal> partition, Iterator<? extends ColumnarBatch> rows) throws IOException {
        List<Row> actions = new ArrayList<>();
        DataWriteContext context = Transaction.getWriteContext(engine, transactionState, partition);
        CloseableIterator<FilteredColumnarBatch> logical = Utils.<ColumnarBatch>toCloseableIterator(widened(rows))
                .map(batch -> new FilteredColumnarBatch(batch, Optional.empty()));
        try (CloseableIterator<FilteredColumnarBatch> physical =
                        Transaction.transformLogicalData(engine, transactionState, logical, partition);
                CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
                        .writeParquetFiles(directory(context), physical, context.getStatisticsColumns());
                CloseableIterator<Row> appended =
                        Transaction.generateAppendActions(engine, transactionState, files, context)) {
            while (appended.hasNext()) {
                actions.add(appended.next());
            }
        }
        return actions;
    }

    private static Iterator<ColumnarBatch> widened(Iterator<? extends ColumnarBatch> rows) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return rows.hasNext();
            }

            @Override
            public ColumnarBatch next() {
                return rows.next();
            }
        };
    }

    /** Where the files of a part go. Kernel gives an encoded URI and then takes it for a plain path, so that a blank would become a folder with {@code %20} in its name. */
    private static String directory(DataWriteContext context) {
        return new Path(URI.create(context.getTargetDirectory())).toString();
    }
}
