// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import dev.hippo.frontier.publish.Refusal;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call in which each message is one event, in any of gRPC's four shapes. A client stream is answered once, when all its events are
 * acknowledged; a two-way stream is answered event by event, in order of acknowledgement. Confined to the call's event loop.
 */
final class EventCall extends DrainableCall {
    private static final int WINDOW = 1000;

    /** Publishes one message; answers once, on any thread. */
    interface Events {
        /** Takes the message with that number, from 0. */
        void publish(byte[] message, int number, Consumer<Answer> answer);
    }

    /**
     * What became of one message.
     *
     * @param refusal null when it was acknowledged
     * @param reply the response message; null when there is only the refusal to tell
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Answer(@Nullable Refusal refusal, byte @Nullable [] reply) {}

    private final MethodDescriptor.MethodType type;
    private final Events events;
    private int taken;
    private int underWay;
    private int refused;
    private int owedRequests;
    private int firstRefused;
    private @Nullable Refusal firstRefusal;
    private byte @Nullable [] lastReply;
    private boolean headersSent;

    EventCall(ServerCall<byte[], byte[]> call, Executor eventLoop, OpenCalls openCalls, Events events) {
        super(call, eventLoop, openCalls);
        this.type = call.getMethodDescriptor().getType();
        this.events = events;
        if (type.clientSendsOneMessage()) {
            call.request(2);
        } else {
            openCalls.opened(this);
            call.request(WINDOW);
        }
    }

    @Override
    public void onMessage(byte[] message) {
        if (!closed()) {
            int number = taken++;
            underWay++;
            events.publish(message, number, answer -> eventLoop.execute(() -> answered(number, answer)));
        }
    }

    private void answered(int number, Answer answer) {
        underWay--;
        if (closed()) {
            return;
        }
        if (type == MethodDescriptor.MethodType.BIDI_STREAMING) {
            if (answer.reply() != null) {
                send(answer.reply());
            } else if (answer.refusal() != null) {
                close(answer.refusal());
                return;
            }
        } else if (answer.refusal() != null) {
            refused++;
            if (firstRefusal == null) {
                firstRefusal = answer.refusal();
                firstRefused = number;
            }
        } else {
            lastReply = answer.reply();
        }
        owedRequests++;
        requestMore();
        closeWhenDone();
    }

    private void send(byte[] message) {
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(new Metadata());
        }
        call.sendMessage(message);
    }

    @Override
    void requestMore() {
        if (!type.clientSendsOneMessage()
                && !ended()
                && !draining()
                && !closed()
                && call.isReady()
                && owedRequests > 0) {
            int owed = owedRequests;
            owedRequests = 0;
            call.request(owed);
        }
    }

    @Override
    void closeWhenDone() {
        if (closed() || underWay > 0 || !(ended() || draining())) {
            return;
        }
        if (!ended()) {
            close(new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "the door is stopping; it took " + taken + " events and acknowledged " + (taken - refused)));
        } else if (type == MethodDescriptor.MethodType.BIDI_STREAMING) {
            close(Status.OK);
        } else if (firstRefusal != null) {
            close(type.clientSendsOneMessage() ? firstRefusal : inStream(firstRefusal));
        } else if (lastReply != null) {
            send(lastReply);
            close(Status.OK);
        } else {
            close(Status.INVALID_ARGUMENT.withDescription("the call brought no event"));
        }
    }

    private Refusal inStream(Refusal refusal) {
        String text = "event " + firstRefused + ": " + refusal.message() + " (" + (taken - refused) + " of " + taken
                + " events were acknowledged)";
        return new Refusal(refusal.code(), text, refusal.violations());
    }
}
