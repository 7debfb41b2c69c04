// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Between the thread that reads a source and the one that writes to Kafka; a third puts rows that it reads beside the log between two transactions. What it holds is bounded in bytes;
 * a full one holds the source up.
 */
final class PieceQueue implements ChangeListener, SnapshotListener {
    private static final int MOST_CHANGES = 1_000;
    /** Images of one piece; so many pieces wait. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_PIECES = 32;
    /** Of all pieces that wait together, as far as no single one is larger. */
    private static final int MOST_WAITING_BYTES = 64 << 20;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(MOST_PIECES);
    private final Semaphore room = new Semaphore(MOST_WAITING_BYTES);
    private @Nullable Position snapshot;
    private String transaction = "";
    private Instant committedAt = Instant.EPOCH;
    private List<RowChange> changes = new ArrayList<>();
    private int first;
    private int bytes;

    /** Held by the stream from the beginning of a transaction to its end, and by who puts rows between two; in the order in which they ask. */
    private final Semaphore between = new Semaphore(1, true);
    /** How far the stream has told; null before it has begun. Guarded by {@link #between}. */
    private @Nullable Position told;
    /** What is told of the changes while rows are read beside the stream. Guarded by {@link #between}. */
    private @Nullable ChunkWindow window;

    @Override
    public void begin(String id, Instant at) throws InterruptedException {
        between.acquire();
        open(id, at);
    }

    private void open(String id, Instant at) {
        transaction = id;
        committedAt = at;
        first = 0;
    }

    @Override
    public void change(RowChange change) throws InterruptedException {
        if (full()) {
            put(false, null);
        }
        add(change);
        ChunkWindow watching = window;
        if (watching != null) {
            watching.changed(change);
        }
    }

    private boolean full() {
        return changes.size() == MOST_CHANGES || bytes > MOST_BYTES;
    }

    private void add(RowChange change) {
        changes.add(change);
        bytes += length(change.key()) + length(change.before()) + length(change.after());
    }

    private static int length(byte @Nullable [] image) {
        return image == null ? 0 : image.length;
    }

    @Override
    public void commit(Position behind) throws InterruptedException {
        put(true, behind);
        transaction = "";
        told = behind;
        ChunkWindow watching = window;
        if (watching != null) {
            watching.committed(behind);
        }
        between.release();
    }

    @Override
    public void advanced(Position to) throws InterruptedException {
        between.acquire();
        try {
            put(true, to);
            told = to;
        } finally {
            between.release();
        }
    }

    /** The stream begins. */
    void streams(Position from) throws InterruptedException {
        between.acquire();
        told = from;
        between.release();
    }

    /** From now on a window is told of every change; waits until the stream has begun. */
    void watch(ChunkWindow opened) throws InterruptedException {
        while (true) {
            between.acquire();
            try {
                if (told != null) {
                    window = opened;
                    return;
                }
            } finally {
                between.release();
            }
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
        }
    }

    /**
     * Puts rows that were read beside the stream where it has come to their place, without those that it has told later ones of.
     *
     * @param opened watched since before the rows were read, and not any more afterwards
     * @return false if too much was changed meanwhile, so that they have to be read again
     */
    boolean chunk(ChunkWindow opened, Chunk chunk, String id, SnapshotProgress progress) throws InterruptedException {
        while (true) {
            between.acquire();
            try {
                Position reached = told;
                if (opened.overflowed()) {
                    window = null;
                    return false;
                }
                if (reached != null && reached.compareTo(chunk.at()) >= 0) {
                    window = null;
                    open(id, chunk.takenAt());
                    for (RowChange row : opened.current(chunk.rows(), chunk.at())) {
                        if (full()) {
                            put(false, null);
                        }
                        add(row);
                    }
                    put(true, reached, progress);
                    transaction = "";
                    return true;
                }
            } finally {
                between.release();
            }
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
        }
    }

    /** Puts progress without rows. */
    void progress(SnapshotProgress progress) throws InterruptedException {
        between.acquire();
        try {
            window = null;
            put(true, null, progress);
        } finally {
            between.release();
        }
    }

    @Override
    public void begin(Position at, Instant takenAt) {
        snapshot = at;
        open("snapshot", takenAt);
    }

    @Override
    public void table(SourceTable table) {}

    @Override
    public void row(RowChange read) throws InterruptedException {
        if (full()) {
            put(true, null);
        }
        add(read);
    }

    @Override
    public void end() throws InterruptedException {
        put(true, snapshot);
        transaction = "";
        // the rows of now tell nothing of how far the log is read
        committedAt = Instant.EPOCH;
    }

    private void put(boolean whole, @Nullable Position end) throws InterruptedException {
        put(whole, end, null);
    }

    private void put(boolean whole, @Nullable Position end, @Nullable SnapshotProgress progress)
            throws InterruptedException {
        Piece piece = new Piece(transaction, committedAt, first, changes, whole, bytes, end, progress);
        room.acquire(permits(piece));
        pieces.put(piece);
        first += changes.size();
        changes = new ArrayList<>();
        bytes = 0;
    }

    /** The next piece; null when there is none in that time. */
    @Nullable
    Piece next(Duration wait) throws InterruptedException {
        return taken(pieces.poll(wait.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** The next piece if it is there already. */
    @Nullable
    Piece next() {
        return taken(pieces.poll());
    }

    private @Nullable Piece taken(@Nullable Piece piece) {
        if (piece != null) {
            room.release(permits(piece));
        }
        return piece;
    }

    private static int permits(Piece piece) {
        return Math.min(piece.bytes(), MOST_WAITING_BYTES);
    }
}
