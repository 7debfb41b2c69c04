// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.Violation;
import dev.hippo.wire.EventHeaders;
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
 * The events of one request on their way to Kafka. One thread adds the events and then seals; the answer comes once, on whatever
 * thread knows it first: when every event is acknowledged or refused, or at the deadline with what is known then.
 */
public final class Submission {
    private static final VarHandle OFFSETS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long PENDING = -2;
    private static final long REFUSED = -1;

    private final Publisher publisher;
    private final PublishedTopic topic;
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

    Submission(
            Publisher publisher,
            PublishedTopic topic,
            Stamp stamp,
            int events,
            long reserved,
            Consumer<Outcome> answer) {
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

    /**
     * Adds the next event: checks it and sends it. The buffer may be used again afterwards, unless the event is all of it.
     *
     * @param id the caller's id in UTF-8, null to have one made
     * @param extras further headers, which stand before the door's own of the same name
     */
    public void event(byte[] buffer, int offset, int length, byte @Nullable [] id, List<Header> extras) {
        int index = next++;
        byte[] eventId = id == null ? stamp.idBytes(index) : id;
        List<Violation> violations;
        byte[] key = null;
        try {
            violations = topic.rules().check(buffer, offset, length);
            if (violations.isEmpty() && topic.key() != null) {
                key = topic.key().read(buffer, offset, length);
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            refuse(index, new Refusal(Refusal.Code.FAILED, "the event could not be checked: " + e.getMessage()));
            return;
        }
        byte[] value =
                offset == 0 && length == buffer.length ? buffer : Arrays.copyOfRange(buffer, offset, offset + length);
        if (violations.isEmpty()) {
            send(publisher.records().accepted(topic, stamp, key, value, eventId, extras), new Acknowledged(index));
        } else {
            Refusal refusal = Refusal.invalid(topic.contract().name(), violations);
            refused(index, refusal, value, Records.PROTOBUF, eventId, extras);
        }
    }

    /**
     * Adds the deletion of the event of a key as the next event.
     *
     * @param buffer holds an encoded event of which only the key is read
     */
    public void deletion(byte[] buffer, int offset, int length, byte @Nullable [] id, List<Header> extras) {
        int index = next++;
        byte[] eventId = id == null ? stamp.idBytes(index) : id;
        KeyReader reader = topic.key();
        if (!topic.changelog() || reader == null) {
            String reason = "topic '" + topic.name() + "' is no changelog: what it holds cannot be deleted";
            refusedDeletion(index, reason, buffer, offset, length, eventId, extras);
            return;
        }
        byte[] key;
        try {
            key = reader.read(buffer, offset, length);
        } catch (IllegalArgumentException e) {
            refusedDeletion(index, String.valueOf(e.getMessage()), buffer, offset, length, eventId, extras);
            return;
        }
        if (key.length == 0) {
            refusedDeletion(
                    index, "a deletion needs the field that is the key", buffer, offset, length, eventId, extras);
            return;
        }
        send(publisher.records().accepted(topic, stamp, key, null, eventId, extras), new Acknowledged(index));
    }

    private void refusedDeletion(
            int index, String reason, byte[] buffer, int offset, int length, byte[] id, List<Header> extras) {
        Refusal refusal = new Refusal(Refusal.Code.INVALID, reason, List.of(new Violation("", "delete", reason)));
        refused(index, refusal, Arrays.copyOfRange(buffer, offset, offset + length), Records.PROTOBUF, id, extras);
    }

    /** Adds the next event, which could not even be read as one of the contract. It is kept as it came. */
    public void unreadable(byte[] raw, String contentType, byte @Nullable [] id, List<Header> extras, Refusal refusal) {
        int index = next++;
        Header type = Records.header(EventHeaders.CONTENT_TYPE, contentType);
        refused(index, refusal, raw, type, id == null ? stamp.idBytes(index) : id, extras);
    }

    private void refused(int index, Refusal refusal, byte[] raw, Header contentType, byte[] id, List<Header> extras) {
        refuse(index, refusal);
        if (publisher.keepsRejected()) {
            send(
                    publisher.records().rejected(topic, stamp, refusal, raw, contentType, id, extras),
                    new RejectedKept(index));
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record, Callback settled) {
        sent++;
        publisher.send(record, settled);
    }

    private void refuse(int index, Refusal refusal) {
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
            deadline = publisher.atDeadline(this::expire);
        }
        if (unsettled.addAndGet(sent) == 0) {
            settled();
        }
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
                partitions[index] = metadata.partition();
                OFFSETS.setRelease(offsets, index, metadata.offset());
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
