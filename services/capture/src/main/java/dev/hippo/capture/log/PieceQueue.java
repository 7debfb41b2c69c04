// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Between the thread that reads a source and the one that writes to Kafka. What it holds is bounded in bytes; a full one holds the source up. */
final class PieceQueue implements ChangeListener, SnapshotListener {
    private static final int MOST_CHANGES = 1_000;
    /** Images of one piece; so many pieces wait. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int MOST_PIECES = 32;
    /** Of all pieces that wait together, as far as no single one is larger. */
    private static final int MOST_WAITING_BYTES = 64 << 20;

    private final BlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(MOST_PIECES);
    private final Semaphore room = new Semaphore(MOST_WAITING_BYTES);
    private @Nullable Position snapshot;
    private String transaction = "";
    private Instant committedAt = Instant.EPOCH;
    private List<RowChange> changes = new ArrayList<>();
    private int first;
    private int bytes;

    @Override
    public void begin(String id, Instant at) {
        transaction = id;
        committedAt = at;
        first = 0;
    }

    @Override
    public void change(RowChange change) throws InterruptedException {
        if (changes.size() == MOST_CHANGES || bytes > MOST_BYTES) {
            put(false, null);
        }
        add(change);
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
    }

    @Override
    public void advanced(Position to) throws InterruptedException {
        put(true, to);
    }

    @Override
    public void begin(Position at, Instant takenAt) {
        snapshot = at;
        begin("snapshot", takenAt);
    }

    @Override
    public void table(SourceTable table) {}

    @Override
    public void row(RowChange read) throws InterruptedException {
        if (changes.size() == MOST_CHANGES || bytes > MOST_BYTES) {
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
        Piece piece = new Piece(transaction, committedAt, first, changes, whole, bytes, end);
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
