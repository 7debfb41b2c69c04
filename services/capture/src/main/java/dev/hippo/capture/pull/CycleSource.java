// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A source without a log, scanned in cycles. A scan is written down whole and sorted before anything is told of it: one that breaks off tells nothing, least of all that rows are
 * gone. What is different from the scan before is one transaction; the next scan begins when that is stored. For crashes see {@link States}.
 */
public final class CycleSource implements ChangeSource {
    private static final Logger log = LoggerFactory.getLogger(CycleSource.class);
    private static final double SECOND = 1_000.0;

    private final PullSettings settings;
    private final Scan scan;
    private final TopicRows told;
    private final InstantSource clock;
    private final SourceTable table;
    private final KeptImages images;
    private final States states;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private @Nullable Position stored;
    private boolean closed;
    private volatile @Nullable Scanned last;

    /** The scan of a cycle. */
    private record Scanned(Position at, Instant began, Duration took, Difference difference) {}

    /**
     * Not connected yet.
     *
     * @param scan closed with this
     * @param told the rows that Kafka has
     * @throws SourceFailure if the contract has fields that no scan can fill
     */
    public CycleSource(PullSettings settings, Scan scan, TopicRows told, InstantSource clock) throws SourceFailure {
        this.settings = settings;
        this.scan = scan;
        this.told = told;
        this.clock = clock;
        this.table = PulledTable.of(settings.table(), settings.contract(), settings.key());
        this.images = new KeptImages(settings.contract(), settings.key(), settings.changes());
        this.states = new States(
                settings.folder(),
                settings.table() + " by " + settings.key() + (settings.changes() ? ", whole" : ""),
                images);
    }

    @Override
    public List<SourceTable> tables() throws SourceFailure, InterruptedException {
        scan.check();
        return List.of(table);
    }

    @Override
    public Position now() {
        Scanned before = last;
        return before == null ? Cycle.first(0) : Cycle.after(before.at());
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        Position at = Cycle.first(0);
        try {
            states.keepOnly(null);
            all(at, to);
        } catch (IOException e) {
            throw disk(e);
        }
        return at;
    }

    @Override
    public void rows(List<SourceTable> tables, Position at, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        try {
            states.keepOnly(null);
            all(at, to);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /** Tells all rows there are, as those of a position. */
    private void all(Position at, SnapshotListener to) throws IOException, SourceFailure, InterruptedException {
        try (StateFile.Reader nothing = StateFile.Reader.ofNothing();
                ChangeFile changes = new ChangeFile(settings.folder().resolve("changes"))) {
            Scanned now = scan(nothing, at, changes);
            to.begin(at, now.began());
            to.table(table);
            for (RowChange row = changes.next(table); row != null; row = changes.next(table)) {
                to.row(new RowChange(Op.READ, table, row.key(), null, row.after(), List.of()));
            }
            to.end();
        }
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        try {
            states.keepOnly(from);
            states.ensure(from, told);
            Position at = from;
            while (isDue()) {
                Position next = Cycle.after(at);
                tell(at, next, to);
                if (!isStored(next)) {
                    return;
                }
                states.keepOnly(next);
                at = next;
            }
        } catch (SourceFailure e) {
            if (!isClosed()) {
                throw e;
            }
            // a scan in whose middle the connection was ended, by us
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void tell(Position before, Position at, ChangeListener to)
            throws IOException, SourceFailure, InterruptedException {
        try (StateFile.Reader state = states.read(before);
                ChangeFile changes = new ChangeFile(settings.folder().resolve("changes"))) {
            Scanned now = scan(state, at, changes);
            if (now.difference().isNothing()) {
                to.advanced(at);
                return;
            }
            to.begin("cycle-" + Cycle.number(at), now.began());
            for (RowChange change = changes.next(table); change != null; change = changes.next(table)) {
                to.change(change);
            }
            to.commit(at);
        }
    }

    /** Scans, and finds what is different; the state of the position is there then. */
    private Scanned scan(StateFile.Reader before, Position at, ChangeFile changes)
            throws IOException, SourceFailure, InterruptedException {
        Instant began = clock.instant();
        RowEncoder encoder = new RowEncoder(table, settings.contract(), scan::describe);
        try (RowSort sort = new RowSort(settings.folder(), RowSort.MEMORY);
                StateFile.Writer next = states.write(at)) {
            try {
                scan.read((place, values) -> add(sort, encoder.encode(place, values), place));
            } catch (DiskFailure e) {
                throw e.failure();
            }
            Duration took = Duration.between(began, clock.instant());
            Difference difference = Difference.find(before, sort.sorted(), next, changes, images, scan::describe);
            changes.end();
            next.end();
            Scanned now = new Scanned(at, began, took, difference);
            last = now;
            // a cycle in which nothing was different is nothing new
            log.atLevel(difference.isNothing() ? Level.DEBUG : Level.INFO)
                    .log(
                            "Scanned cycle={} rows={} created={} updated={} deleted={} scan_ms={} all_ms={}",
                            Cycle.number(at),
                            difference.rows(),
                            difference.created(),
                            difference.updated(),
                            difference.deleted(),
                            took.toMillis(),
                            Duration.between(began, clock.instant()).toMillis());
            return now;
        }
    }

    private void add(RowSort sort, byte[] image, long place) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            sort.add(new Row(settings.record().read(image, 0, image.length), place, image));
        } catch (IOException e) {
            throw new DiskFailure(e);
        }
    }

    private SourceFailure disk(IOException e) {
        return new SourceFailure(
                Kind.PASSING, "the folder " + settings.folder() + " cannot be used: " + e + "; is the disk full?", e);
    }

    /** Waits until the next scan begins; false if there is none any more. */
    private boolean isDue() throws InterruptedException {
        Scanned before = last;
        Instant due = before == null ? Instant.EPOCH : before.began().plus(settings.every());
        lock.lock();
        try {
            long wait = Duration.between(clock.instant(), due).toNanos();
            while (!closed && wait > 0) {
                moved.await(wait, TimeUnit.NANOSECONDS);
                wait = Duration.between(clock.instant(), due).toNanos();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a position is stored; false if it will not be any more. */
    private boolean isStored(Position at) throws InterruptedException {
        lock.lock();
        try {
            while (!closed && !at.equals(stored)) {
                moved.await();
            }
            return at.equals(stored);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stored(Position upTo) {
        lock.lock();
        try {
            stored = upTo;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String describe(Position position) {
        Scanned before = last;
        String cycle = "cycle " + Cycle.number(position);
        return before == null || !before.at().equals(position)
                ? cycle
                : String.format(
                        Locale.ROOT,
                        "%s, %d rows in %.1f s",
                        cycle,
                        before.difference().rows(),
                        before.took().toMillis() / SECOND);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        scan.close();
    }
}
