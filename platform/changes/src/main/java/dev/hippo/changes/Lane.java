// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import dev.hippo.change.v1.ChangeEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the changes of some rows one after the other, on a thread of its own. Thread-safe. */
final class Lane {
    private static final Logger log = LoggerFactory.getLogger(Lane.class);
    private static final int MOST_WAITING = 1_000;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final String PARKED_BEFORE = "its row is parked";

    private final RowHandler handler;
    private final ParkedChanges parked;
    private final int attempts;

    private final Object lock = new Object();
    private final Deque<Work> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean closed;
    /** Rises when what waits, and what is being told, is void. */
    private int generation;

    private @Nullable KafkaException failure;

    /**
     * What the thread does next.
     *
     * @param change to tell; null for something about parked ones
     */
    private record Work(@Nullable ChangeEvent change, Runnable otherwise) {}

    Lane(String name, RowHandler handler, ParkedChanges parked, int attempts) {
        this.handler = handler;
        this.parked = parked;
        this.attempts = attempts;
        Thread thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Takes a change some time; waits for room.
     *
     * @throws KafkaException if the lane cannot go on
     */
    void put(ChangeEvent change) throws InterruptedException {
        synchronized (lock) {
            while (waiting.size() >= MOST_WAITING && failure == null && !closed) {
                lock.wait();
            }
            if (failure != null) {
                throw failure;
            }
            add(new Work(change, () -> {}));
        }
    }

    private void add(Work work) {
        waiting.add(work);
        lock.notifyAll();
    }

    /** Waits until all that was put is taken or parked, or the lane cannot go on. */
    void drain() throws InterruptedException {
        synchronized (lock) {
            while ((busy || !waiting.isEmpty()) && failure == null && !closed) {
                lock.wait();
            }
        }
    }

    /** Forgets the changes that wait, and waits until none is being told: they are told again from the beginning. */
    void clear() throws InterruptedException {
        synchronized (lock) {
            generation++;
            waiting.removeIf(work -> work.change() != null);
            lock.notifyAll();
            while (busy && !closed) {
                lock.wait();
            }
            failure = null;
        }
    }

    @Nullable
    KafkaException failure() {
        synchronized (lock) {
            return failure;
        }
    }

    CompletableFuture<Void> replay(RowKey key, UnaryOperator<ChangeEvent> repair) {
        return later(key, () -> {
            List<ChangeEvent> changes = parked.of(key);
            for (ChangeEvent change : changes) {
                handler.take(repair.apply(change));
            }
        });
    }

    CompletableFuture<Void> discard(RowKey key) {
        return later(key, () -> {});
    }

    private interface Step {
        void run() throws Exception;
    }

    private CompletableFuture<Void> later(RowKey key, Step before) {
        CompletableFuture<Void> released = new CompletableFuture<>();
        synchronized (lock) {
            if (closed) {
                released.cancel(false);
                return released;
            }
            add(new Work(null, () -> {
                try {
                    before.run();
                    parked.release(key);
                    released.complete(null);
                } catch (Exception e) {
                    // whatever the handler says, the row stays parked and who asked is told
                    released.completeExceptionally(e);
                }
            }));
        }
        return released;
    }

    private void run() {
        try {
            while (true) {
                Work next;
                int begun;
                synchronized (lock) {
                    while ((waiting.isEmpty() || failure != null) && !closed) {
                        lock.wait();
                    }
                    if (closed) {
                        return;
                    }
                    next = waiting.remove();
                    begun = generation;
                    busy = true;
                    lock.notifyAll();
                }
                try {
                    work(next, begun);
                } catch (KafkaException e) {
                    log.warn("A lane cannot go on: {}", e.getMessage());
                    synchronized (lock) {
                        failure = e;
                    }
                } finally {
                    synchronized (lock) {
                        busy = false;
                        lock.notifyAll();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(Work next, int begun) throws InterruptedException {
        ChangeEvent change = next.change();
        if (change == null) {
            next.otherwise().run();
        } else if (parked.has(RowKey.of(change))) {
            parked.park(change, PARKED_BEFORE);
        } else {
            tell(change, begun);
        }
    }

    private void tell(ChangeEvent change, int begun) throws InterruptedException {
        int failures = 0;
        long pause = FIRST_PAUSE_MILLIS;
        do {
            try {
                handler.take(change);
                return;
            } catch (TargetAwayException e) {
                log.warn("Tells a change of {} again in {} ms: {}", change.getTable(), pause, e.getMessage());
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                // a handler may fail in any way; its row waits for somebody, the others go on
                failures++;
                if (failures >= attempts) {
                    log.warn("Parks a row of {} after {} attempts: {}", change.getTable(), failures, e.toString());
                    parked.park(change, e.toString());
                    return;
                }
            }
            pause = pause(pause, begun);
        } while (isWanted(begun));
    }

    private boolean isWanted(int begun) {
        synchronized (lock) {
            return !closed && generation == begun;
        }
    }

    /** Waits, unless what is being told is void meanwhile; gives the next pause. */
    private long pause(long millis, int begun) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            for (long left = millis;
                    left > 0 && !closed && generation == begun;
                    left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())) {
                lock.wait(left);
            }
        }
        return Math.min(2 * millis, LONGEST_PAUSE_MILLIS);
    }

    /** Ends it after the change that it is at. What waits is not told. */
    void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
    }
}
