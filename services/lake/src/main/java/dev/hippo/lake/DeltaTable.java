// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.kit.HippoFailure;
import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Delta table, written by one hippo. Not thread-safe. */
final class DeltaTable {
    private static final Logger log = LoggerFactory.getLogger(DeltaTable.class);

    /** Rows for one partition of the table. */
    record Part(Map<String, Literal> partition, ColumnarBatch rows) {}

    private final Engine engine;
    private final Table table;
    private final String application;
    private final String domain;
    private final String topic;
    /** The application's last transaction that this process knows of; a higher one in the table is a twin's. */
    private long sequence = -1;

    /**
     * Opens a table, or the place where it will be.
     *
     * @param location a path or URI
     * @param application who writes: the application id of Delta's transactions
     */
    DeltaTable(String location, String application, String topic) {
        this.engine = DefaultEngine.create(new Configuration());
        this.table = Table.forPath(engine, location);
        this.application = application;
        this.domain = "hippo." + application;
        this.topic = topic;
    }

    /**
     * Makes the table if it is not there, gives it the columns that the contract has gained, and answers how far its writer is.
     *
     * @throws HippoFailure if the table cannot hold the contract
     */
    LakeState open(StructType schema, List<String> partitionColumns) throws HippoFailure, IOException {
        Optional<Snapshot> existing = snapshot();
        if (existing.isEmpty()) {
            table.createTransactionBuilder(engine, engineInfo(), Operation.CREATE_TABLE)
                    .withSchema(engine, schema)
                    .withPartitionColumns(engine, partitionColumns)
                    .withDomainMetadataSupported()
                    .build(engine)
                    .commit(engine, CloseableIterable.emptyIterable());
            return LakeState.beginning();
        }
        Snapshot snapshot = existing.get();
        if (!snapshot.getPartitionColumnNames().equals(partitionColumns)) {
            throw new HippoFailure("table at " + snapshot.getPath() + " is partitioned by "
                    + snapshot.getPartitionColumnNames() + ", the pipeline file says " + partitionColumns
                    + "; a table keeps its partitioning, so write to another one");
        }
        SchemaEvolution.apply(engine, snapshot, schema);
        sequence = last(snapshot);
        try {
            return snapshot.getDomainMetadata(domain)
                    .map(text -> LakeState.fromJson(text, topic))
                    .orElseGet(LakeState::beginning);
        } catch (IllegalArgumentException e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private Optional<Snapshot> snapshot() {
        try {
            return Optional.of(table.getLatestSnapshot(engine));
        } catch (TableNotFoundException e) {
            return Optional.empty();
        }
    }

    private static String engineInfo() {
        return "hippo/0.1.0";
    }

    /** The columns of the table as it is now. */
    StructType schema() throws HippoFailure {
        return snapshot()
                .map(Snapshot::getSchema)
                .orElseThrow(() -> new HippoFailure("the table has gone while it was written"));
    }

    /** The table's present version. */
    long version() {
        return snapshot().map(Snapshot::getVersion).orElse(-1L);
    }

    /**
     * Writes rows and what the writer has read, in one commit.
     *
     * @param state made for the version that the commit will have
     * @return the table's version after the commit
     * @throws HippoFailure if another process writes as this application: a twin, which must not go on
     */
    long commit(List<Part> parts, StateOfVersion state) throws IOException, HippoFailure {
        Snapshot before = table.getLatestSnapshot(engine);
        long last = last(before);
        if (last != sequence) {
            throw new HippoFailure("another process has written to " + before.getPath() + " as '" + application
                    + "': its last transaction is " + last + ", this process has made or found " + sequence
                    + "; nothing of this commit is in the table. Let one of them run: "
                    + "this one, started again, goes on where the table is");
        }
        Transaction transaction = table.createTransactionBuilder(engine, engineInfo(), Operation.WRITE)
                .withTransactionId(engine, application, sequence + 1)
                // another writer of the same application is a twin: no retry may hide it
                .withMaxRetries(0)
                .build(engine);
        Row transactionState = transaction.getTransactionState(engine);
        List<Row> actions = new ArrayList<>();
        for (Part part : parts) {
            write(part, transactionState, actions);
        }
        transaction.addDomainMetadata(domain, state.of(before.getVersion() + 1).toJson(topic));
        TransactionCommitResult result;
        try {
            result = transaction.commit(engine, CloseableIterable.inMemoryIterable(iterator(actions.iterator())));
        } catch (ConcurrentWriteException e) {
            throw new HippoFailure(
                    "another process has written to " + before.getPath()
                            + " at the same time; nothing of this commit is in the table. "
                            + "If it was this hippo's twin, stop it; this process starts again from the table's state",
                    e);
        }
        sequence++;
        for (PostCommitHook hook : result.getPostCommitHooks()) {
            try {
                hook.threadSafeInvoke(engine);
            } catch (IOException | KernelException e) {
                // the commit stands; a checkpoint of the log only makes it quicker to read and is tried again later
                log.warn("A step after the commit failed hook={} version={}", hook.getType(), result.getVersion(), e);
            }
        }
        return result.getVersion();
    }

    private long last(Snapshot snapshot) {
        return snapshot.getLatestTransactionVersion(engine, application).orElse(-1L);
    }

    /** Makes the state for a version. */
    interface StateOfVersion {
        LakeState of(long version);
    }

    private void write(Part part, Row transactionState, List<Row> actions) throws IOException {
        FilteredColumnarBatch rows = new FilteredColumnarBatch(part.rows(), Optional.empty());
        DataWriteContext context = Transaction.getWriteContext(engine, transactionState, part.partition());
        try (CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(
                        engine, transactionState, iterator(List.of(rows).iterator()), part.partition());
                CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
                        .writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
                CloseableIterator<Row> appended =
                        Transaction.generateAppendActions(engine, transactionState, files, context)) {
            while (appended.hasNext()) {
                actions.add(appended.next());
            }
        }
    }

    private static <T> CloseableIterator<T> iterator(Iterator<T> items) {
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public T next() {
                return items.next();
            }

            @Override
            public void close() {
                // in memory
            }
        };
    }
}
