// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What one request brought, on its way to Kafka. One thread adds all of it and then seals; the answer comes once, on whatever
 * thread knows it first: when every event is acknowledged or refused, or at the deadline with what is known then.
 */
public abstract sealed class Flight permits Submission, NoticeSubmission {
    private static final VarHandle OFFSETS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long PENDING = -2;
    private static final long REFUSED = -1;

    private final Publisher publisher;
    private final DoorTopic topic;
    private final Stamp stamp;
    private final long reserved;
    private final Consumer<Outcome> answer;
    private final long startedNanos = System.nanoTime();
    private final int[] partitions;
    private final long[] offsets;
    /** Guarded by itself: events are rarely refused. */
    private final Map<Integer, Refusal> refusals = new TreeMap<>();
    /** Records sent less records settled; runs below zero until the submission is sealed. */
    private final AtomicInteger unsettled = new AtomicInteger();

    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile @Nullable Future<?> deadline;
    private int next;
    private int sent;

    Flight(Publisher publisher, DoorTopic topic, Stamp stamp, int events, long reserved, Consumer<Outcome> answer) {
        this.publisher = publisher;
        this.topic = topic;
        this.stamp = stamp;
        this.reserved = reserved;
        this.answer = answer;
        this.partitions = new int[events];
        this.offsets = new long[events];
        Arrays.fill(partitions, -1);
        Arrays.fill(offsets, PENDING);
    }

    /** The number of the next thing in the request. */
    final int next() {
        return next++;
    }

    /** Refuses one, and keeps it as it came if the door keeps what it refuses. */
    final void refused(int index, Refusal refusal, byte[] raw, Header contentType, byte[] id, List<Header> extras) {
        refuse(index, refusal);
        if (publisher.keepsRejected()) {
            send(
                    publisher.records().rejected(topic, stamp, refusal, raw, contentType, id, extras),
                    new RejectedKept(index));
        }
    }

    /** Sends the record of one. */
    final void accepted(int index, ProducerRecord<byte[], byte[]> record) {
        send(record, acknowledged(index));
    }

    /** What takes Kafka's word on one that counts as sent from now on. */
    final Callback expected(int index) {
        sent++;
        return acknowledged(index);
    }

    /** Says of one that Kafka has it, where nothing is sent. */
    final void placed(int index, int partition, long offset) {
        partitions[index] = partition;
        OFFSETS.setRelease(offsets, index, offset);
    }

    private Callback acknowledged(int index) {
        return new Acknowledged(index);
    }

    private void send(ProducerRecord<byte[], byte[]> record, Callback settled) {
        sent++;
        publisher.send(record, settled);
    }

    final void refuse(int index, Refusal refusal) {
        synchronized (refusals) {
            refusals.put(index, refusal);
        }
        OFFSETS.setRelease(offsets, index, REFUSED);
    }

    /** Says that all events were added; those that were announced and did not come count as refused. From here on the deadline counts. */
    public void seal() {
        while (next < offsets.length) {
            refuse(next++, new Refusal(Refusal.Code.INVALID, "the request broke off before this event"));
        }
        if (sent > 0 && unsettled.get() > -sent) {
            deadline = publisher.atDeadline(this::expire, waitedNanos());
        }
        if (unsettled.addAndGet(sent) == 0) {
            settled();
        }
    }

    /** How much of the deadline was over before anything was sent. */
    long waitedNanos() {
        return 0;
    }

    private void oneSettled() {
        if (unsettled.decrementAndGet() == 0) {
            settled();
        }
    }

    private void settled() {
        publisher.release(reserved);
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        if (answered.compareAndSet(false, true)) {
            answer(new Outcome(partitions, offsets, refusals));
        }
    }

    private void expire() {
        if (!answered.compareAndSet(false, true)) {
            return;
        }
        Refusal late = publisher.late();
        int[] knownPartitions = new int[partitions.length];
        long[] knownOffsets = new long[offsets.length];
        Map<Integer, Refusal> known;
        synchronized (refusals) {
            known = new TreeMap<>(refusals);
        }
        for (int i = 0; i < offsets.length; i++) {
            knownOffsets[i] = (long) OFFSETS.getAcquire(offsets, i);
            if (knownOffsets[i] >= 0) {
                knownPartitions[i] = partitions[i];
            } else {
                knownPartitions[i] = -1;
                knownOffsets[i] = REFUSED;
                known.putIfAbsent(i, late);
            }
        }
        answer(new Outcome(knownPartitions, knownOffsets, known));
    }

    private void answer(Outcome outcome) {
        publisher.answered(topic, outcome, System.nanoTime() - startedNanos);
        answer.accept(outcome);
    }

    /** Kafka's word on one event. Runs on the producer's thread, or within {@code send()} when that fails. */
    private final class Acknowledged implements Callback {
        private final int index;

        Acknowledged(int index) {
            this.index = index;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null || metadata == null) {
                boolean appended = metadata != null && metadata.partition() >= 0;
                refuse(index, appended ? publisher.failed(topic, failure) : publisher.notSent(topic, failure));
            } else {
                placed(index, metadata.partition(), metadata.offset());
            }
            oneSettled();
        }
    }

    /** Kafka's word on a refused event that was to be kept. The event stays refused either way. */
    private final class RejectedKept implements Callback {
        private final int index;

        RejectedKept(int index) {
            this.index = index;
        }

        @Override
        public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null) {
                publisher.notKept(topic, index, failure);
            }
            oneSettled();
        }
    }
}
