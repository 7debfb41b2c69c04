// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.PublishedTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import dev.hippo.frontier.publish.Submission;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Arrays;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One {@code PublishBatch} or {@code PublishStream} call. A few MiB of a stream are under way; more is read when batches are answered and the
 * client takes its replies. Confined to the call's event loop.
 */
final class BatchCall extends DrainableCall {
    /** How much of a stream is under way: this many batches, and no more than about so many bytes. */
    private static final int MOST_BATCHES = 2000;

    private static final int MOST_BYTES = 4 << 20;
    private static final int FIRST_BATCHES = 32;

    private final Publisher publisher;
    private final CallHeaders headers;
    private final Queue<Runnable> replies = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean replying = new AtomicBoolean();
    private String topicName = "";
    private int underWay;
    /** Messages asked for and not yet here. */
    private int credit;

    private int lastBytes;

    /**
     * @param eventLoop the call's
     */
    BatchCall(
            Publisher publisher,
            ServerCall<byte[], byte[]> call,
            Metadata metadata,
            Executor eventLoop,
            OpenCalls openCalls) {
        super(call, eventLoop, openCalls);
        this.publisher = publisher;
        this.headers = CallHeaders.of(metadata);
        openCalls.opened(this);
        call.sendHeaders(new Metadata());
        credit = call.getMethodDescriptor().getType().clientSendsOneMessage() ? 2 : FIRST_BATCHES;
        call.request(credit);
    }

    @Override
    public void onMessage(byte[] message) {
        if (closed()) {
            return;
        }
        credit--;
        lastBytes = message.length;
        try {
            BatchWire batch = BatchWire.batch(message);
            if (!batch.topic().isEmpty()) {
                topicName = batch.topic();
            }
            underWay++;
            submit(batch, message.length);
        } catch (InvalidProtocolBufferException e) {
            close(CallStatus.malformed("not a hippo.door.v1.Batch: " + e.getMessage()));
        }
    }

    private void submit(BatchWire batch, int bytes) throws InvalidProtocolBufferException {
        if (batch.events() > Publisher.MOST_EVENTS) {
            // not a refusal for each: they would take far more room than the batch did
            close(Status.RESOURCE_EXHAUSTED.withDescription("a batch of " + batch.events() + " events, more than "
                    + Publisher.MOST_EVENTS + "; send smaller batches"));
            return;
        }
        PublishedTopic topic = publisher.topic(topicName);
        if (topic == null) {
            replyRefused(batch, publisher.unknown(topicName));
            return;
        }
        long room = bytes + (long) batch.events() * Publisher.EVENT_OVERHEAD;
        Refusal full = publisher.reserve(room);
        if (full != null) {
            publisher.refusedAtOnce(topic, full, batch.events());
            replyRefused(batch, full);
            return;
        }
        Stamp stamp = publisher.stamp(headers.traceParent(), null);
        long sequence = batch.sequence();
        String[] idPrefix = {""};
        Submission submission = publisher.submission(
                topic, stamp, batch.events(), room, outcome -> later(() -> reply(sequence, idPrefix[0], outcome)));
        try {
            batch.addTo(submission, null);
            idPrefix[0] = batch.allNamed() ? "" : stamp.id();
        } finally {
            submission.seal();
        }
    }

    private void replyRefused(BatchWire batch, Refusal refusal) {
        int events = batch.events();
        int[] partitions = new int[events];
        long[] offsets = new long[events];
        Arrays.fill(partitions, -1);
        Arrays.fill(offsets, -1);
        TreeMap<Integer, Refusal> refusals = new TreeMap<>();
        for (int i = 0; i < events; i++) {
            refusals.put(i, refusal);
        }
        Outcome outcome = new Outcome(partitions, offsets, refusals);
        long sequence = batch.sequence();
        // not from within onMessage: a reply asks for the next message
        later(() -> reply(sequence, "", outcome));
    }

    /** Runs a reply on the event loop; replies that come together share one turn of it. Any thread. */
    private void later(Runnable reply) {
        replies.add(reply);
        if (replying.compareAndSet(false, true)) {
            eventLoop.execute(this::replyAll);
        }
    }

    private void replyAll() {
        replying.set(false);
        for (Runnable reply = replies.poll(); reply != null; reply = replies.poll()) {
            reply.run();
        }
        requestMore();
        closeWhenDone();
    }

    private void reply(long sequence, String idPrefix, Outcome outcome) {
        underWay--;
        if (closed()) {
            return;
        }
        call.sendMessage(ReplyWire.of(sequence, idPrefix, outcome));
    }

    @Override
    void requestMore() {
        if (ended() || draining() || closed() || !call.isReady()) {
            return;
        }
        int room = Math.min(MOST_BATCHES, Math.max(2, MOST_BYTES / Math.max(1, lastBytes)));
        int more = room - underWay - credit;
        // in steps, not one by one
        if (more > room / 8) {
            credit += more;
            call.request(more);
        }
    }

    @Override
    void closeWhenDone() {
        if (underWay == 0 && ended()) {
            close(Status.OK);
        } else if (underWay == 0 && draining()) {
            close(Status.UNAVAILABLE.withDescription("the door is stopping; every batch that it took was answered: "
                    + "open the stream again and send what was not"));
        }
    }
}
