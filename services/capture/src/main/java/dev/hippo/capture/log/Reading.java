// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One connection's reading of a source into Kafka: from where the last one has come to, at the very first from a snapshot. Used once. */
public final class Reading implements AutoCloseable {
    private final ChangeSource source;
    private final ChangeLog log;
    private final Beginning beginning;
    private final HippoContext context;
    private final List<SourceTable> tables;
    private final PieceQueue pieces = new PieceQueue();
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    private final @Nullable StoredPosition before;
    private volatile @Nullable SourceWatch watch;

    private Reading(
            HippoContext context, ChangeSource source, List<SourceTable> tables, ChangeLog log, Beginning beginning) {
        this.context = context;
        this.source = source;
        this.tables = tables;
        this.log = log;
        this.beginning = beginning;
        this.before = log.last();
    }

    /**
     * Takes over from the reading before.
     *
     * @throws SourceFailure if the database cannot be read, or its tables do not fit their contracts
     */
    public static Reading open(HippoContext context, ChangeSource source, Contracts contracts)
            throws SourceFailure, KafkaUnavailable, HippoFailure, InterruptedException {
        ChangeLog log = new ChangeLog(context);
        try {
            List<SourceTable> tables = source.tables();
            for (SourceTable table : tables) {
                if (table.isDescribed()) {
                    contracts.of(table);
                }
            }
            return new Reading(context, source, tables, log, log.takeOver());
        } catch (SourceFailure | KafkaUnavailable | HippoFailure | InterruptedException | RuntimeException e) {
            log.close();
            source.close();
            throw e;
        }
    }

    /** Reads and writes until {@link #stop}, or until one of the two cannot go on. */
    public void run() throws SourceFailure, HippoFailure, KafkaUnavailable, InterruptedException {
        source.watch().ifPresent(looking -> watch = new SourceWatch(looking, log::last, context.clock()));
        Thread reader = new Thread(this::read, "source");
        reader.setDaemon(true);
        failed.whenComplete((nothing, failure) -> log.stop());
        reader.start();
        OrderedSnapshots ordered = new OrderedSnapshots(context, source, tables, pieces);
        try {
            log.write(pieces, source);
        } finally {
            // both may wait for the source, or for room in the queue
            source.close();
            ordered.end();
        }
        reader.interrupt();
        reader.join();
        if (failed.isCompletedExceptionally()) {
            try {
                failed.get();
            } catch (ExecutionException e) {
                rethrow(e.getCause());
            }
        }
    }

    private static void rethrow(@Nullable Throwable cause) throws SourceFailure {
        if (cause instanceof SourceFailure failure) {
            throw failure;
        }
        if (cause instanceof InterruptedException) {
            // by us, when the writing had ended
            return;
        }
        throw new IllegalStateException("the reader of the source ended", cause);
    }

    /** Tells the rows that nobody was told yet; gives the place from which to go on. */
    private Position rows() throws SourceFailure, InterruptedException {
        List<SourceTable> lacking = tables.stream()
                .filter(table -> beginning.lacking().contains(table.fullName()))
                .toList();
        Position from = beginning.from();
        if (from == null) {
            return source.snapshot(lacking, pieces);
        }
        if (!lacking.isEmpty()) {
            source.rows(lacking, from, pieces);
        }
        return from;
    }

    private void read() {
        try {
            Position from = rows();
            pieces.streams(from);
            source.stream(from, pieces);
            failed.complete(null);
        } catch (Throwable e) {
            // an error too: a process without its reader must not look alive
            failed.completeExceptionally(e);
        }
    }

    /** How far what is stored is behind the source. May be asked by any thread. */
    public SourceLag lag() {
        SourceWatch looking = watch;
        return looking == null ? SourceLag.UNKNOWN : looking.lag();
    }

    /** When the source committed the last transaction that is stored; empty if that is not known. May be asked by any thread. */
    public Optional<Instant> committedAt() {
        StoredPosition last = log.last();
        return Optional.ofNullable(last).map(StoredPosition::committedAt).filter(Instant.EPOCH::isBefore);
    }

    /** Whether it has brought anything to Kafka yet. May be asked by any thread. */
    public boolean hasStored() {
        return !Objects.equals(log.last(), before);
    }

    /** Ends {@link #run} soon; what is not whole is read again by the next. */
    public void stop() {
        log.stop();
    }

    @Override
    public void close() {
        SourceWatch looking = watch;
        if (looking != null) {
            looking.close();
        }
        source.close();
        log.close();
    }
}
