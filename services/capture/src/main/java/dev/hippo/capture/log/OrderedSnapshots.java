// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.snapshot.SnapshotBook;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import dev.hippo.wire.snapshot.SnapshotProgress.State;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out orders to tell rows of tables again: some rows at a time, in the order of the key, each time with the progress in the same transaction of Kafka, and at the place of
 * the stream at which they were so. Has a thread of its own.
 */
final class OrderedSnapshots {
    private static final Logger log = LoggerFactory.getLogger(OrderedSnapshots.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int MOST_ROWS = 5_000;
    /** How many changed rows are kept in mind while some are read. */
    private static final int MOST_KEYS = 1_000_000;

    private final HippoContext context;
    private final ChangeSource source;
    private final List<SourceTable> tables;
    private final PieceQueue pieces;
    private final SnapshotBook book;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "ordered-snapshots");

    OrderedSnapshots(HippoContext context, ChangeSource source, List<SourceTable> tables, PieceQueue pieces) {
        this.context = context;
        this.source = source;
        this.tables = List.copyOf(tables);
        this.pieces = pieces;
        this.book = new SnapshotBook(context.pipeline().name(), context.hippo().name());
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        String positions = Capture.positionsTopic(
                context.pipeline().name(), context.hippo().name());
        String client = "snapshot-orders-of-" + context.hippo().name();
        boolean first = true;
        try {
            while (closed.getCount() > 0) {
                try (TopicReader reader = TopicReader.open(context.kafka(), client, positions)) {
                    reader.start(Long.MAX_VALUE);
                    while (!reader.atEnd()) {
                        take(reader, POLL, first);
                    }
                    first = false;
                    carryOut(reader);
                } catch (KafkaUnavailable | KafkaException e) {
                    if (e instanceof InterruptException) {
                        return;
                    }
                    log.warn("Orders of snapshots cannot be read, trying again: {}", e.getMessage());
                    closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            context.fail(e);
        }
    }

    /** Progress of before this process is read; afterwards this process knows it better than the topic. */
    private void take(TopicReader reader, Duration wait, boolean progress) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(wait)) {
            try {
                book.take(record, progress);
            } catch (IOException e) {
                log.warn(
                        "An order of a snapshot cannot be read, it is passed over: {}-{}@{}: {}",
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        e.getMessage());
            }
        }
    }

    private void carryOut(TopicReader reader) throws InterruptedException {
        while (closed.getCount() > 0) {
            Optional<SnapshotOrder> due = book.due();
            take(reader, due.isPresent() ? Duration.ZERO : POLL, false);
            if (due.isEmpty()) {
                continue;
            }
            SnapshotOrder order = due.get();
            long begun = System.nanoTime();
            SnapshotProgress before = book.progress(order);
            try {
                chunk(order, before);
            } catch (SourceFailure e) {
                failed(order, before, e);
            }
            throttle(order, book.progress(order).rows() - before.rows(), begun);
        }
    }

    private void chunk(SnapshotOrder order, SnapshotProgress before) throws SourceFailure, InterruptedException {
        SourceTable table = tables.stream()
                .filter(each -> each.fullName().equals(order.table()))
                .findFirst()
                .orElseThrow(() -> new SourceFailure(
                        SourceFailure.Kind.SETTING,
                        "table " + order.table() + " is none of those that hippo '"
                                + context.hippo().name() + "' captures"));
        if (before.rows() == 0) {
            log.info("Rows of {} are told again, from {} to {}", order.table(), order.from(), order.to());
        }
        boolean behind = !before.last().isEmpty();
        int most = order.rowsPerSecond() == 0 ? MOST_ROWS : Math.min(MOST_ROWS, order.rowsPerSecond());
        ChunkWindow window = new ChunkWindow(order.table(), MOST_KEYS);
        pieces.watch(window);
        Chunk chunk =
                source.chunk(table, new KeyRange(behind ? before.last() : order.from(), behind, order.to()), most);
        if (chunk.rows().isEmpty() && !behind && !order.gone().isEmpty()) {
            chunk = gone(table, order, chunk);
        }
        SnapshotProgress after = new SnapshotProgress(
                order.id(),
                order.table(),
                before.rows() + chunk.rows().size(),
                chunk.last().isEmpty() ? before.last() : chunk.last(),
                chunk.end() ? State.DONE : State.RUNNING,
                "",
                now());
        if (pieces.chunk(window, chunk, "chunk:" + order.id() + ":" + before.rows(), after)) {
            book.take(after);
        } else {
            log.info("More of {} was changed than can be kept in mind, so rows are read again", order.table());
        }
    }

    /** The row that was asked for is not there: told as deleted, to whoever has it. */
    private static Chunk gone(SourceTable table, SnapshotOrder order, Chunk nothing) {
        byte[] key = Base64.getDecoder().decode(order.gone());
        RowChange deleted = new RowChange(RowChange.Op.DELETE, table, key, null, null, List.of());
        return new Chunk(nothing.at(), nothing.takenAt(), List.of(deleted), order.from(), true);
    }

    private Instant now() {
        return context.clock().instant();
    }

    private void failed(SnapshotOrder order, SnapshotProgress before, SourceFailure failure)
            throws InterruptedException {
        if (closed.getCount() == 0) {
            return;
        }
        if (failure.kind() == SourceFailure.Kind.PASSING) {
            log.warn("Rows of {} are read again in {} s: {}", order.table(), PAUSE.toSeconds(), failure.getMessage());
            closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        log.warn("Rows of {} cannot be told: {}", order.table(), failure.getMessage());
        SnapshotProgress after = new SnapshotProgress(
                order.id(),
                order.table(),
                before.rows(),
                before.last(),
                State.FAILED,
                String.valueOf(failure.getMessage()),
                now());
        pieces.progress(after);
        book.take(after);
    }

    private void throttle(SnapshotOrder order, long rows, long begun) throws InterruptedException {
        if (order.rowsPerSecond() > 0) {
            long wanted = rows * TimeUnit.SECONDS.toNanos(1) / order.rowsPerSecond();
            closed.await(wanted - (System.nanoTime() - begun), TimeUnit.NANOSECONDS);
        }
    }

    /** Ends it; the source has to be closed by now, or what is being read there is waited for. */
    void end() throws InterruptedException {
        closed.countDown();
        thread.interrupt();
        thread.join();
    }
}
