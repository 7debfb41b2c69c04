// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.kit.HippoFailure;
import io.delta.kernel.Operation;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.TransactionCommitResult;
import io.delta.kernel.commit.CommitFailedException;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.exceptions.ConcurrentWriteException;
import io.delta.kernel.exceptions.KernelException;
import io.delta.kernel.exceptions.MaxCommitRetryLimitReachedException;
import io.delta.kernel.exceptions.TableNotFoundException;
import io.delta.kernel.hook.PostCommitHook;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One Delta table, written by one hippo. Not thread-safe. */
final class DeltaTable {
    private static final Logger log = LoggerFactory.getLogger(DeltaTable.class);

    private static final int ATTEMPTS = 10;

    /** A commit that was made: the table's version after it, and the state in it. */
    record Commit(long version, LakeState state) {}

    private final TableFiles files = new TableFiles(configuration());
    private final Engine engine = DefaultEngine.create(files);
    private final Table table;
    private final String application;
    private final String domain;
    private final String topic;
    private final InstantSource clock;
    /** The columns that the rows of this process have. */
    private StructType columns = new StructType();
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
    DeltaTable(String location, String application, String topic, InstantSource clock) {
        this.table = Table.forPath(engine, location);
        this.application = application;
        this.domain = "hippo." + application;
        this.topic = topic;
        this.clock = clock;
    }

    /**
     * Makes the table if it is not there, gives it the columns that the contract has gained, and answers how far its writer is.
     *
     * @param properties that the table is to have, by Delta's names
     * @throws HippoFailure if the table cannot hold the contract
     */
    LakeState open(StructType schema, List<String> partitionColumns, Map<String, String> properties)
            throws HippoFailure, IOException {
        LakeState state = find(schema, partitionColumns, properties);
        columns = snapshot()
                .map(Snapshot::getSchema)
                .orElseThrow(() -> new HippoFailure("the table has gone while it was opened"));
        return state;
    }

    private LakeState find(StructType schema, List<String> partitionColumns, Map<String, String> properties)
            throws HippoFailure, IOException {
        Optional<Snapshot> existing = snapshot();
        if (existing.isEmpty()) {
            table.createTransactionBuilder(engine, engineInfo(), Operation.CREATE_TABLE)
                    .withSchema(engine, schema)
                    .withPartitionColumns(engine, partitionColumns)
                    .withTableProperties(engine, properties)
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
        SchemaEvolution.apply(files, snapshot, schema, properties);
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

    /** The columns of the table as it was opened. */
    StructType schema() {
        return columns;
    }

    /** The table's present version. */
    long version() {
        return snapshot().map(Snapshot::getVersion).orElse(-1L);
    }

    /**
     * Changes rows and stores what the writer has read, in one commit.
     *
     * @param state made for the version that the commit will have
     * @return what was committed
     * @throws HippoFailure if another process writes as this application: a twin, which must not go on
     */
    Commit commit(TableChanges changes, StateOfVersion state) throws IOException, HippoFailure {
        // the log as a commit leaves it is read from its first version on that this process knows, so it is not for
        // reading rows
        Snapshot known = changes.readsTable() ? null : latest;
        Snapshot snapshot = known == null ? table.getLatestSnapshot(engine) : known;
        latest = null;
        check(snapshot);
        List<Row> actions = changes.write(snapshot, files(snapshot));
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
            check(snapshot);
            if (changes.readsTable()) {
                List<Row> before = actions;
                actions = changes.write(snapshot, files(snapshot));
                new ReplacedFiles(files, snapshot).forget(before);
            }
        }
    }

    private DataFiles files(Snapshot snapshot) {
        return new DataFiles(engine, transaction(snapshot).getTransactionState(engine));
    }

    private void check(Snapshot snapshot) throws HippoFailure {
        fence(snapshot);
        if (!snapshot.getSchema().equals(columns)) {
            throw new HippoFailure("the columns of " + snapshot.getPath()
                    + " were changed by another while this process wrote; nothing of this commit is in the table. "
                    + "This process, started again, goes on with the new columns");
        }
    }

    /**
     * Deletes files that commits have replaced, once they are old enough.
     *
     * @param keep how long readers of older versions are to find them
     * @param done the version of the log up to which that has been done
     * @return the version up to which it has been done now
     */
    long sweep(Duration keep, long done) throws IOException {
        return new ReplacedFiles(files, table.getLatestSnapshot(engine))
                .sweep(engine, clock.instant().minus(keep), done);
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
}
