// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.kit.HippoFailure;
import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.commit.CommitFailedException;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.MaxCommitRetryLimitReachedException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Delta table, written by one hippo. Not thread-safe. */
final class DeltaTable {
    private static final Logger log = LoggerFactory.getLogger(DeltaTable.class);

    private static final int ATTEMPTS = 10;

    /** Rows for one partition of the table. */
    record Part(Map<String, Literal> partition, ColumnarBatch rows) {}

    /** A commit that was made: the table's version after it, and the state in it. */
    record Commit(long version, LakeState state) {}

    private final TableFiles files = new TableFiles(configuration());
    private final Engine engine = DefaultEngine.create(files);
    private final Table table;
    private final String application;
    private final String domain;
    private final String topic;
    /** The application's last transaction that this process knows of; a higher one in the table is a twin's. */
    private long sequence = -1;
    /** The table as this process last saw it; null when it must look again. */
    private @Nullable Snapshot latest;

    /**
     * Opens a table, or the place where it will be.
     *
     * @param location a path or URI
     * @param application who writes: the application id of Delta's transactions
     */
    DeltaTable(String location, String application, String topic) {
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
        SchemaEvolution.apply(files, snapshot, schema);
        sequence = last(snapshot);
        try {
            return snapshot.getDomainMetadata(domain)
                    .map(text -> LakeState.fromJson(text, topic))
                    .orElseGet(LakeState::beginning);
        } catch (IllegalArgumentException e) {
            throw new HippoFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        // Kernel's default is none; Spark, DuckDB and all else that reads Parquet read this one
        configuration.set("parquet.compression", "ZSTD");
        return configuration;
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
     * @return what was committed
     * @throws HippoFailure if another process writes as this application: a twin, which must not go on
     */
    Commit commit(List<Part> parts, StateOfVersion state) throws IOException, HippoFailure {
        Snapshot snapshot = latest == null ? table.getLatestSnapshot(engine) : latest;
        latest = null;
        fence(snapshot);
        StructType columns = snapshot.getSchema();
        List<Row> actions = new ArrayList<>();
        Row writing = transaction(snapshot).getTransactionState(engine);
        for (Part part : parts) {
            write(part, writing, actions);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return commit(snapshot, actions, state);
            } catch (ConcurrentWriteException | MaxCommitRetryLimitReachedException e) {
                if (!(e instanceof ConcurrentWriteException
                        || (e.getCause() instanceof CommitFailedException cause && cause.isConflict()))) {
                    throw e;
                }
                if (attempt == ATTEMPTS) {
                    throw new HippoFailure(
                            "others have written to " + snapshot.getPath() + " at the same time in " + ATTEMPTS
                                    + " attempts to commit; nothing of this commit is in the table. "
                                    + "This process, started again, goes on where the table is",
                            e);
                }
            }
            snapshot = table.getLatestSnapshot(engine);
            fence(snapshot);
            if (!snapshot.getSchema().equals(columns)) {
                throw new HippoFailure("the columns of " + snapshot.getPath()
                        + " were changed by another while this commit was written; nothing of it is in the table. "
                        + "This process, started again, goes on with the new columns");
            }
        }
    }

    /** Refuses to go on when the application has made a transaction that this process does not know of. */
    private void fence(Snapshot snapshot) throws HippoFailure {
        long last = last(snapshot);
        if (last != sequence) {
            throw new HippoFailure("another process has written to " + snapshot.getPath() + " as '" + application
                    + "': its last transaction is " + last + ", this process has made or found " + sequence
                    + "; nothing of this commit is in the table. Let one of them run: "
                    + "this one, started again, goes on where the table is");
        }
    }

    private Transaction transaction(Snapshot snapshot) {
        return snapshot.buildUpdateTableTransaction(engineInfo(), Operation.WRITE)
                .withTransactionId(application, sequence + 1)
                // Kernel would commit again by itself, with what the state says of another version
                .withMaxRetries(0)
                .build(engine);
    }

    private Commit commit(Snapshot snapshot, List<Row> actions, StateOfVersion state) {
        Transaction transaction = transaction(snapshot);
        LakeState now = state.of(snapshot.getVersion() + 1);
        transaction.addDomainMetadata(domain, now.toJson(topic));
        TransactionCommitResult result = transaction.commit(
                engine, CloseableIterable.inMemoryIterable(Utils.toCloseableIterator(actions.iterator())));
        sequence++;
        latest = result.getPostCommitSnapshot().orElse(null);
        for (PostCommitHook hook : result.getPostCommitHooks()) {
            try {
                hook.threadSafeInvoke(engine);
            } catch (IOException | KernelException e) {
                // the commit stands; a checkpoint of the log only makes it quicker to read and is tried again later
                log.warn("A step after the commit failed hook={} version={}", hook.getType(), result.getVersion(), e);
            }
        }
        return new Commit(result.getVersion(), now);
    }

    private long last(Snapshot snapshot) {
        return snapshot.getLatestTransactionVersion(engine, application).orElse(-1L);
    }

    /** Makes the state for a version. */
    interface StateOfVersion {
        LakeState of(long version);
    }

    /** Where the files of a part go. Kernel gives an encoded URI and then takes it for a plain path, so that a blank would become a folder with {@code %20} in its name. */
    private static String directory(DataWriteContext context) {
        return new Path(URI.create(context.getTargetDirectory())).toString();
    }

    private void write(Part part, Row transactionState, List<Row> actions) throws IOException {
        FilteredColumnarBatch rows = new FilteredColumnarBatch(part.rows(), Optional.empty());
        DataWriteContext context = Transaction.getWriteContext(engine, transactionState, part.partition());
        try (CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(
                        engine,
                        transactionState,
                        Utils.toCloseableIterator(List.of(rows).iterator()),
                        part.partition());
                CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
                        .writeParquetFiles(directory(context), physical, context.getStatisticsColumns());
                CloseableIterator<Row> appended =
                        Transaction.generateAppendActions(engine, transactionState, files, context)) {
            while (appended.hasNext()) {
                actions.add(appended.next());
            }
        }
    }
}
