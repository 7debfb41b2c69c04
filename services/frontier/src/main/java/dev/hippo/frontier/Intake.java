// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.hippo.contracts.Violation;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.wire.EventHeaders;
import io.micrometer.core.instrument.Gauge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events in: checks them, sends them to Kafka and says what has become of them. Holds no more than its limit of event bytes; it refuses beyond
 * that, and never blocks the calling thread. Thread-safe.
 */
final class Intake implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Intake.class);
    /** What a record weighs beside its value: headers, key, book-keeping. */
    private static final long RECORD_OVERHEAD = 256;

    private final HippoContext context;
    private final long limit;
    private final Duration deadline;
    private final boolean keepRejected;
    private final EventIds ids;
    private final AtomicLong inFlight = new AtomicLong();
    private final KafkaProducer<byte[], byte[]> producer;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "deadlines");
        thread.setDaemon(true);
        return thread;
    });

    Intake(HippoContext context) {
        HippoSettings.Frontier settings = context.hippo().settings(HippoSettings.Frontier.class);
        this.context = context;
        this.limit = settings.maxInFlightBytes();
        this.deadline = settings.deadline();
        this.keepRejected = settings.keepRejected();
        this.ids = new EventIds(context.clock());
        int deadlineMillis = (int) Math.min(Integer.MAX_VALUE, deadline.toMillis());
        int requestTimeout = Math.max(1_000, deadlineMillis / 3);
        Map<String, Object> client =
                context.kafka().clientProperties("door-" + context.hippo().name());
        client.put("acks", "all");
        client.put("enable.idempotence", true);
        client.put("compression.type", "lz4");
        client.put("linger.ms", 5);
        client.put("batch.size", 64 << 10);
        // more than the limit lets in, so that send() finds room and does not wait for it
        client.put("buffer.memory", 2 * limit + (32L << 20));
        client.put("max.block.ms", 50);
        client.put("request.timeout.ms", requestTimeout);
        client.put("delivery.timeout.ms", Math.max(deadlineMillis, requestTimeout + 5));
        client.put("metadata.max.idle.ms", TimeUnit.DAYS.toMillis(30));
        client.put("reconnect.backoff.max.ms", 1_000);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        Gauge.builder("hippo.door.inflight.bytes", inFlight, AtomicLong::get).register(context.meters());
    }

    /** Learns where the topics are, so that no event has to wait for it. Throws if Kafka does not answer within the client's time. */
    void warm(String topic) {
        producer.partitionsFor(topic);
    }

    EventIds ids() {
        return ids;
    }

    Duration deadline() {
        return deadline;
    }

    /** Begins a batch; the caller gives its events to {@link #take} and then calls {@link #sent}. */
    Batch begin(DoorTopic topic, int events) {
        return new Batch(topic, ids.next(), events);
    }

    /**
     * Takes one event of a batch in.
     *
     * @param event the bytes, which are not changed and must not be changed later
     * @param id the id it came with, null for none
     */
    void take(Batch batch, int index, byte[] event, @Nullable String id, String traceparent, Instant receivedAt) {
        context.progress().in(1);
        if (id != null && !id.isEmpty()) {
            batch.givenId(index, id);
        }
        DoorTopic topic = batch.topic();
        List<Violation> violations = topic.contract().rules().check(event);
        if (!violations.isEmpty()) {
            context.progress().rejected(1);
            if (keepRejected) {
                keep(topic, event, batch.id(index), violations, receivedAt);
            }
            batch.refused(index, Refused.invalid(topic.contract().name(), violations));
            return;
        }
        long weight = event.length + RECORD_OVERHEAD;
        if (!reserve(weight)) {
            batch.refused(index, Refused.overloaded(limit));
            return;
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic.name(),
                null,
                receivedAt.toEpochMilli(),
                topic.key(event),
                event,
                headers(topic, batch.id(index), traceparent, receivedAt));
        send(record, weight, batch, index);
    }

    private void send(ProducerRecord<byte[], byte[]> record, long weight, Batch batch, int index) {
        try {
            producer.send(record, (metadata, failure) -> {
                inFlight.addAndGet(-weight);
                if (failure == null) {
                    context.progress().out(1);
                    batch.accepted(index, metadata.partition(), metadata.offset());
                } else {
                    batch.refused(index, Refused.unavailable("Kafka did not acknowledge: " + failure.getMessage()));
                }
            });
        } catch (TimeoutException e) {
            inFlight.addAndGet(-weight);
            batch.refused(index, Refused.unavailable("Kafka does not answer: " + e.getMessage()));
        } catch (KafkaException | IllegalStateException e) {
            inFlight.addAndGet(-weight);
            log.warn("Kafka's producer refused an event topic={}", record.topic(), e);
            batch.refused(index, Refused.unavailable("Kafka's producer refused it: " + e.getMessage()));
        }
    }

    private boolean reserve(long weight) {
        if (inFlight.addAndGet(weight) > limit) {
            inFlight.addAndGet(-weight);
            return false;
        }
        return true;
    }

    private static Iterable<Header> headers(DoorTopic topic, String id, String traceparent, Instant receivedAt) {
        Header[] shared = topic.sharedHeaders();
        Header[] all = new Header[shared.length + 3];
        System.arraycopy(shared, 0, all, 0, shared.length);
        all[shared.length] = new RecordHeader(EventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        all[shared.length + 1] =
                new RecordHeader(EventHeaders.TIME, receivedAt.toString().getBytes(StandardCharsets.US_ASCII));
        all[shared.length + 2] =
                new RecordHeader(EventHeaders.TRACE_PARENT, traceparent.getBytes(StandardCharsets.US_ASCII));
        return new RecordHeaders(all);
    }

    private void keep(DoorTopic topic, byte[] event, String id, List<Violation> violations, Instant receivedAt) {
        long weight = event.length + 2 * RECORD_OVERHEAD;
        if (!reserve(weight)) {
            log.warn("An invalid event was refused but not kept, too much is in flight topic={}", topic.name());
            return;
        }
        ArrayNode because = JsonNodeFactory.instance.arrayNode();
        violations.forEach(v ->
                because.addObject().put("path", v.path()).put("rule", v.rule()).put("message", v.message()));
        RecordHeaders headers = new RecordHeaders(topic.sharedHeaders());
        headers.add(EventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        headers.add(EventHeaders.TIME, receivedAt.toString().getBytes(StandardCharsets.US_ASCII));
        headers.add(EventHeaders.REJECTED_BECAUSE, because.toString().getBytes(StandardCharsets.UTF_8));
        headers.add(EventHeaders.REJECTED_BY, context.hippo().name().getBytes(StandardCharsets.UTF_8));
        try {
            producer.send(
                    new ProducerRecord<>(topic.rejectedTopic(), null, (byte[]) null, event, headers),
                    (metadata, failure) -> {
                        inFlight.addAndGet(-weight);
                        if (failure != null) {
                            log.warn("A refused event could not be kept topic={}", topic.rejectedTopic(), failure);
                        }
                    });
        } catch (KafkaException e) {
            inFlight.addAndGet(-weight);
            log.warn("A refused event could not be kept topic={}", topic.rejectedTopic(), e);
        }
    }

    /** All events of the batch are in; the deadline runs. */
    void sent(Batch batch) {
        batch.filled();
        if (!batch.done().isDone()) {
            ScheduledFuture<?> expiry = timer.schedule(
                    () -> batch.expire("Kafka did not acknowledge within " + deadline.toMillis() + " ms"),
                    deadline.toMillis(),
                    TimeUnit.MILLISECONDS);
            batch.done().thenRun(() -> expiry.cancel(false));
        }
    }

    /** Sends what is under way and ends. */
    @Override
    public void close() {
        producer.close(deadline);
        timer.shutdownNow();
    }
}
