// SPDX-License-Identifier: Apache-2.0
package dev.hippo.examples.flights;

import com.google.protobuf.ByteString;
import dev.hippo.door.v1.Batch;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Event;
import dev.hippo.door.v1.PublisherGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends events to the door as a stream of batches, some of them under way at a time. One thread adds, gRPC's threads count. */
final class BatchSender {
    private static final int EVENTS_A_BATCH = 500;
    private static final int BATCHES_UNDER_WAY = 24;

    private final String topic;
    private final StreamObserver<Batch> requests;
    private final Semaphore window = new Semaphore(BATCHES_UNDER_WAY);
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Map<Long, Integer> sizes = new ConcurrentHashMap<>();
    private Batch.Builder batch = Batch.newBuilder();
    private long sequence;

    BatchSender(PublisherGrpc.PublisherStub door, String topic) {
        this.topic = topic;
        this.requests = door.publishStream(new StreamObserver<>() {
            @Override
            public void onNext(BatchReply reply) {
                int size = java.util.Objects.requireNonNullElse(sizes.remove(reply.getSequence()), 0);
                acknowledged.addAndGet(size - reply.getRefusalsCount());
                refused.addAndGet(reply.getRefusalsCount());
                window.release();
            }

            @Override
            public void onError(Throwable error) {
                failure.set(error);
                window.release(BATCHES_UNDER_WAY);
                done.countDown();
            }

            @Override
            public void onCompleted() {
                done.countDown();
            }
        });
    }

    /** Adds an event, waiting while too many batches are under way. */
    void add(ByteString event, String id) throws InterruptedException {
        batch.addEvents(Event.newBuilder().setId(id).setValue(event));
        if (batch.getEventsCount() == EVENTS_A_BATCH) {
            flush();
        }
    }

    private void flush() throws InterruptedException {
        if (batch.getEventsCount() == 0 || failure.get() != null) {
            return;
        }
        window.acquire();
        sequence++;
        sizes.put(sequence, batch.getEventsCount());
        requests.onNext(batch.setTopic(topic).setSequence(sequence).build());
        batch = Batch.newBuilder();
    }

    /**
     * Sends what is left and waits for all answers.
     *
     * @throws IllegalStateException if the door ended the stream
     */
    void finish() throws InterruptedException {
        flush();
        if (failure.get() == null) {
            requests.onCompleted();
        }
        if (!done.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the door did not answer all batches within two minutes");
        }
        Throwable error = failure.get();
        if (error != null) {
            throw new IllegalStateException("the door ended the stream: " + error.getMessage(), error);
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long refused() {
        return refused.get();
    }
}
