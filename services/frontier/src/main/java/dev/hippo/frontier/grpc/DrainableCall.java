// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import dev.hippo.frontier.publish.Refusal;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.Executor;

/** A call that ends once: when its client is through and all is answered, when the door closes, or broken off. Confined to the call's event loop. */
abstract class DrainableCall extends ServerCall.Listener<byte[]> implements OpenCalls.Drainable {
    final ServerCall<byte[], byte[]> call;
    final Executor eventLoop;
    private final OpenCalls openCalls;
    private boolean ended;
    private boolean draining;
    private boolean closed;

    DrainableCall(ServerCall<byte[], byte[]> call, Executor eventLoop, OpenCalls openCalls) {
        this.call = call;
        this.eventLoop = eventLoop;
        this.openCalls = openCalls;
    }

    /** Asks for more messages if there is room for them. */
    abstract void requestMore();

    /** Closes the call if its end has come and nothing is under way. */
    abstract void closeWhenDone();

    /** Whether the client has sent its last message. */
    final boolean ended() {
        return ended;
    }

    /** Whether the call is to end before its client is through. */
    final boolean draining() {
        return draining;
    }

    /** Whether nothing can be told to the client any more. */
    final boolean closed() {
        return closed;
    }

    final void close(Status status) {
        if (close()) {
            call.close(status, new Metadata());
        }
    }

    final void close(Refusal refusal) {
        if (close()) {
            CallStatus.close(call, refusal);
        }
    }

    private boolean close() {
        boolean open = !closed;
        closed = true;
        openCalls.ended(this);
        return open;
    }

    @Override
    public final void drain() {
        eventLoop.execute(() -> {
            draining = true;
            closeWhenDone();
        });
    }

    @Override
    public final void onReady() {
        requestMore();
    }

    @Override
    public final void onHalfClose() {
        ended = true;
        closeWhenDone();
    }

    @Override
    public final void onCancel() {
        close();
    }
}
