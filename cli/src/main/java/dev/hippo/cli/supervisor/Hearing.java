// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.supervisor;

import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Hears on a thread of its own what is assigned, until it is closed. A log that cannot be read is opened again; a Kafka that is away costs no word, anything else is told.
 * Where it cannot go on at all, {@link #news} says so. Thread-safe.
 */
final class Hearing implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Opening opening;
    private final Duration again;
    private final Queue<Assignment> news = new ConcurrentLinkedQueue<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private long last;
    private volatile @Nullable String end;

    /** What is read. */
    interface Source extends AutoCloseable {
        List<Assignment> poll(Duration wait);

        /** The offset of the last record that was read; -1 before the first. */
        long last();

        @Override
        void close();

        /** The log in Kafka. */
        static Source of(AssignmentLog log) {
            return new Source() {
                @Override
                public List<Assignment> poll(Duration wait) {
                    return log.poll(wait);
                }

                @Override
                public long last() {
                    return log.last();
                }

                @Override
                public void close() {
                    log.close();
                }
            };
        }
    }

    /** Opens what is read, from the beginning. */
    interface Opening {
        /**
         * Opens it.
         *
         * @param known an epoch that must be in it; -1 for none
         */
        Source open(long known) throws KafkaUnavailable;
    }

    /**
     * Begins to hear.
     *
     * @param first what is open already
     * @param again how long to wait before it is opened again
     */
    Hearing(Source first, Opening opening, Duration again) {
        this.opening = opening;
        this.again = again;
        this.last = first.last();
        Thread thread = new Thread(() -> run(first), "agent-news");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The next assignment, known or not; null when there is none now.
     *
     * @throws KafkaUnavailable if no more can be heard
     */
    @Nullable
    Assignment news() throws KafkaUnavailable {
        String over = end;
        if (over != null) {
            throw new KafkaUnavailable(over, null);
        }
        return news.poll();
    }

    /** What a person should know of the hearing itself; null when there is nothing. */
    @Nullable
    String trouble() {
        return troubles.poll();
    }

    private void run(Source first) {
        try {
            listen(first);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssignmentLog.Remade e) {
            end = e.getMessage();
        } catch (Error e) {
            end = "what shall run where is heard no more: " + e + "; start the agent again";
        }
    }

    private void listen(Source first) throws InterruptedException {
        Source source = first;
        boolean told = false;
        try {
            while (closed.getCount() > 0) {
                try {
                    if (source == null) {
                        source = opening.open(last);
                    }
                    news.addAll(source.poll(POLL));
                    last = Math.max(last, source.last());
                    told = false;
                } catch (AssignmentLog.Remade e) {
                    throw e;
                } catch (KafkaUnavailable | RuntimeException e) {
                    if (!told && !(e instanceof KafkaUnavailable || e instanceof KafkaException)) {
                        told = true;
                        troubles.add("warning: what shall run where could not be read, it is tried again: " + e);
                    }
                    if (source != null) {
                        source.close();
                        source = null;
                    }
                    if (closed.await(again.toMillis(), TimeUnit.MILLISECONDS)) {
                        return;
                    }
                }
            }
        } finally {
            if (source != null) {
                source.close();
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
