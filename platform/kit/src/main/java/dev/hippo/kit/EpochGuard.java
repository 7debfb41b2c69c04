// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.service.Assignment;
import dev.hippo.wire.service.AssignmentLog;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether this process still has its place: an {@link Assignment} of its service with a later epoch takes it away. As long as Kafka does not answer nothing
 * is known, and nothing that this process did could get into Kafka either.
 */
final class EpochGuard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EpochGuard.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long AGAIN_SECONDS = 1;

    private final KafkaConnection kafka;
    private final String pipeline;
    private final String service;
    private final long epoch;
    private final CompletableFuture<Boolean> current = new CompletableFuture<>();
    private final CompletableFuture<Superseded> superseded = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile String trouble = "";

    /** Another process has the place of this one. */
    static final class Superseded extends Exception {
        private static final long serialVersionUID = 1L;

        Superseded(String message) {
            super(message, null, false, false);
        }
    }

    EpochGuard(KafkaConnection kafka, String pipeline, String service, long epoch) {
        this.kafka = kafka;
        this.pipeline = pipeline;
        this.service = service;
        this.epoch = epoch;
        this.thread = new Thread(this::watch, "epoch");
        thread.setDaemon(true);
        thread.start();
    }

    /** True when the log has been read up to now without a later epoch, false when it is not known after so long. */
    boolean awaitCurrent(Duration wait) throws Superseded, HippoFailure, InterruptedException {
        try {
            CompletableFuture.anyOf(current, superseded).get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HippoFailure told) {
                throw told;
            }
            throw new IllegalStateException("the log of assignments cannot be read", e.getCause());
        }
        Superseded by = superseded.getNow(null);
        if (by != null) {
            throw by;
        }
        return true;
    }

    /** Why nothing is known of its place now; empty when there is nothing to tell. */
    String trouble() {
        return trouble;
    }

    /** Completes when this process has lost its place. */
    CompletableFuture<Superseded> superseded() {
        return superseded;
    }

    private void watch() {
        try {
            boolean told = false;
            do {
                try (AssignmentLog assignments = AssignmentLog.open(kafka, "epoch-" + service, pipeline, epoch)) {
                    told = false;
                    follow(assignments);
                } catch (KafkaUnavailable | KafkaException e) {
                    trouble = String.valueOf(e.getMessage());
                    if (!told) {
                        told = true;
                        log.warn("Cannot see whether this process still has its place, trying again", e);
                    }
                }
            } while (!superseded.isDone() && !closed.await(AGAIN_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AssignmentLog.Remade e) {
            superseded.completeExceptionally(new HippoFailure(String.valueOf(e.getMessage()), e));
        } catch (RuntimeException e) {
            // unguarded it must not go on
            superseded.completeExceptionally(e);
        }
    }

    private void follow(AssignmentLog assignments) {
        boolean seen = false;
        while (closed.getCount() > 0) {
            for (Assignment assignment : assignments.poll(POLL)) {
                if (assignment.service().equals(service) && assignment.epoch() > epoch) {
                    superseded.complete(new Superseded("'" + service + "' was given to "
                            + (assignment.running() ? "agent '" + assignment.agent() + "'" : "nobody")
                            + " with epoch " + assignment.epoch() + ", after this process got epoch " + epoch + ": "
                            + assignment.reason()));
                    return;
                }
                seen |= assignment.service().equals(service) && assignment.epoch() == epoch;
            }
            if (assignments.atEnd()) {
                if (!seen) {
                    // the latest of a service is never taken away
                    throw new AssignmentLog.Remade(
                            pipeline,
                            "it has nothing of '" + service + "' at offset " + epoch + ", the epoch of this process");
                }
                current.complete(true);
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
