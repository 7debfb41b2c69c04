// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;

/**
 * One {@code PublishStream} call: takes in so many batches at a time, answers each when Kafka has it, and only then asks the client for the next. gRPC calls it
 * on one thread at a time; answers come from Kafka's sender thread and are kept apart by the lock.
 */
final class BatchStream implements StreamObserver<byte[]> {
    /** Batches that a stream may have under way; with fewer, the way to Kafka and back is not kept busy. */
    private static final int WINDOW = 32;

    private final PublisherMethods methods;
    private final ServerCallStreamObserver<byte[]> answers;
    private int open;
    private boolean clientDone;
    private boolean over;

    BatchStream(PublisherMethods methods, ServerCallStreamObserver<byte[]> answers) {
        this.methods = methods;
        this.answers = answers;
        answers.disableAutoRequest();
        answers.setOnCancelHandler(this::cancelled);
        answers.request(WINDOW);
    }

    @Override
    public void onNext(byte[] request) {
        BatchFrame frame;
        try {
            frame = BatchFrame.batch(request);
        } catch (IOException e) {
            fail(PublisherMethods.malformed(e));
            return;
        }
        synchronized (this) {
            open++;
        }
        methods.publish(frame).whenComplete((batch, failure) -> {
            if (failure != null) {
                fail(PublisherMethods.cause(failure));
            } else {
                answered(PublisherMethods.answer(frame.sequence(), batch));
            }
        });
    }

    private synchronized void answered(byte[] answer) {
        if (over) {
            return;
        }
        answers.onNext(answer);
        open--;
        if (clientDone && open == 0) {
            over = true;
            answers.onCompleted();
        } else {
            answers.request(1);
        }
    }

    private synchronized void fail(Throwable failure) {
        if (!over) {
            over = true;
            answers.onError(failure);
        }
    }

    private synchronized void cancelled() {
        over = true;
    }

    @Override
    public void onError(Throwable failure) {
        cancelled();
    }

    @Override
    public synchronized void onCompleted() {
        clientDone = true;
        if (open == 0 && !over) {
            over = true;
            answers.onCompleted();
        }
    }
}
