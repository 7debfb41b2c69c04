// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.LogState;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds at a source's log, on a thread of its own: also while the one that reads waits for Kafka, which is when the log grows. Its answer may be asked for by any thread.
 */
final class SourceWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SourceWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(5);

    private final LogWatch watch;
    private final Supplier<@Nullable StoredPosition> stored;
    private final InstantSource clock;
    private final LagSamples samples = new LagSamples();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "watch");
    private volatile SourceLag lag = SourceLag.UNKNOWN;

    /**
     * Begins.
     *
     * @param stored how far the source's log is stored; null if nothing is
     */
    SourceWatch(LogWatch watch, Supplier<@Nullable StoredPosition> stored, InstantSource clock) {
        this.watch = watch;
        this.stored = stored;
        this.clock = clock;
        // what it waits for is a database, which may take its time when everything else has ended
        thread.setDaemon(true);
        thread.start();
    }

    SourceLag lag() {
        return closed.getCount() == 0 ? SourceLag.UNKNOWN : lag;
    }

    private void run() {
        try (watch) {
            do {
                try {
                    lag = look();
                } catch (SourceFailure e) {
                    // who reads it fails too, and says so
                    lag = SourceLag.UNKNOWN;
                    log.debug("The log cannot be looked at: {}", e.getMessage());
                }
            } while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            lag = SourceLag.UNKNOWN;
            log.warn("The log of the source is not watched any more", e);
        }
    }

    private SourceLag look() throws SourceFailure {
        StoredPosition before = stored.get();
        Position from = before == null ? null : before.position();
        LogState state = watch.look(from);
        if (from == null || before == null) {
            return new SourceLag(state.behind(), -1, state.retained());
        }
        Instant now = clock.instant();
        Duration behind = samples.lag(now, state.end(), from, before.committedAt());
        return new SourceLag(state.behind(), behind == null ? -1 : behind.toMillis() / 1_000.0, state.retained());
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
