// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.Violation;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way to Kafka that all protocols of the door share. Owns the producer and the thread that keeps deadlines. Thread-safe; never makes its caller wait. */
public final class Publisher {
    /** What an event in flight costs beside its bytes: headers, callback, bookkeeping. */
    public static final int EVENT_OVERHEAD = 256;

    /** How many events one request or batch may hold. */
    public static final int MOST_EVENTS = 1 << 18;

    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final Duration KAFKA_AT_START = Duration.ofSeconds(60);

    private final HippoContext context;
    private final Duration deadline;
    private final boolean keepRejected;
    private final Map<String, PublishedTopic> topics = new LinkedHashMap<>();
    private final Records records;
    private final InFlight inFlight;
    private final ScheduledThreadPoolExecutor deadlines;
    private final KafkaProducer<byte[], byte[]> producer;
    private final NoticeBoard notices;
    private volatile long lastSettledNanos = System.nanoTime();

    private Publisher(HippoContext context, KafkaProducer<byte[], byte[]> producer) throws HippoFailure {
        HippoSettings.Frontier settings = context.hippo().settings(HippoSettings.Frontier.class);
        this.context = context;
        this.producer = producer;
        this.deadline = settings.deadline();
        this.keepRejected = settings.keepRejected();
        this.records = new Records(context.hippo().name());
        this.inFlight = new InFlight(settings.maxInFlightBytes());
        this.deadlines = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "door-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        deadlines.setRemoveOnCancelPolicy(true);
        context.meters().gauge("hippo.door.in.flight.bytes", inFlight, InFlight::bytes);
        String source =
                "hippo/" + context.pipeline().name() + "/" + context.hippo().name();
        for (String name : context.hippo().publish()) {
            topics.put(name, topic(context.pipeline().topic(name), source));
        }
        this.notices = new NoticeBoard(this, context, source, deadline);
    }

    private PublishedTopic topic(TopicSpec spec, String source) throws HippoFailure {
        Contract contract = context.contracts()
                .contract(spec.contract())
                .orElseThrow(() -> new HippoFailure("topic '" + spec.name() + "': there is no message "
                        + spec.contract() + " in " + context.pipeline().contractsFolder() + "; "
                        + Suggestion.hint(spec.contract(), context.contracts().names())));
        try {
            return new PublishedTopic(spec, contract, source, new TopicMeters(context.meters(), spec.name()));
        } catch (IllegalArgumentException e) {
            throw new HippoFailure("topic '" + spec.name() + "': " + e.getMessage(), e);
        }
    }

    /**
     * Connects to Kafka and prepares all topics of the hippo.
     *
     * @throws HippoFailure if Kafka or a topic is not there, or a topic's contract cannot be used
     */
    public static Publisher start(HippoContext context) throws HippoFailure {
        HippoSettings.Frontier settings = context.hippo().settings(HippoSettings.Frontier.class);
        Collection<String> needed = new ArrayList<>(context.hippo().publish());
        needed.addAll(settings.notices());
        if (settings.keepRejected() && !settings.notices().isEmpty()) {
            needed.add(HippoSettings.Batch.REJECTED_TOPIC);
        }
        if (settings.keepRejected()) {
            context.hippo()
                    .publish()
                    .forEach(name -> needed.add(context.pipeline().topic(name).rejectedTopic()));
        }
        Map<String, Object> client = EventProducer.settings(
                context.kafka(), context.hippo().name(), settings.maxInFlightBytes(), settings.deadline());
        if (context.pipeline().kafka() instanceof KafkaSpec.Embedded) {
            // the broker comes back where it was: what came meanwhile can wait for it
            client.put("metadata.recovery.strategy", "none");
        }
        KafkaProducer<byte[], byte[]> producer = EventProducer.start(client, needed, KAFKA_AT_START);
        boolean started = false;
        try {
            Publisher publisher = new Publisher(context, producer);
            started = true;
            return publisher;
        } finally {
            if (!started) {
                producer.close(Duration.ZERO);
            }
        }
    }

    public Collection<PublishedTopic> topics() {
        return topics.values();
    }

    /** The topic with that name, null if this door does not publish it. */
    public @Nullable PublishedTopic topic(String name) {
        return topics.get(name);
    }

    /** What tells that tables are ready. */
    public NoticeBoard notices() {
        return notices;
    }

    /** What to say of a topic that this door does not publish. */
    public Refusal unknown(String name) {
        if (notices.topic(name) != null) {
            return new Refusal(
                    Refusal.Code.UNKNOWN_TOPIC,
                    "topic '" + name + "' takes notices: POST them to /notices/" + name
                            + ", or call hippo.door.v1.Notices/Post");
        }
        return new Refusal(
                Refusal.Code.UNKNOWN_TOPIC,
                name.isEmpty()
                        ? "no topic was named; known: " + String.join(", ", topics.keySet())
                        : "topic '" + name + "' is not published here; " + Suggestion.hint(name, topics.keySet()));
    }

    /** A stamp for a request that came now. */
    public Stamp stamp(@Nullable String traceParent, @Nullable String id) {
        return Stamp.of(context.clock().instant(), traceParent, id);
    }

    /** Makes room for that many bytes, or says at once why there is none. What was taken goes back by {@link #release} or with a submission. */
    public @Nullable Refusal reserve(long bytes) {
        if (inFlight.bytes() == 0) {
            lastSettledNanos = System.nanoTime();
        }
        if (inFlight.tryReserve(bytes)) {
            return null;
        }
        if (System.nanoTime() - lastSettledNanos > deadline.toNanos()) {
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Kafka has acknowledged nothing for " + deadline.toMillis()
                            + " ms and no more can wait; this request was not written, send it again later");
        }
        return new Refusal(
                Refusal.Code.OVERLOADED,
                bytes > inFlight.limit()
                        ? "the request needs " + bytes + " bytes, more than may ever be in flight (" + inFlight.limit()
                                + "); send smaller ones"
                        : "too much is in flight (limit " + inFlight.limit()
                                + " bytes); this request was not written, send it again in a moment");
    }

    /** Gives back what {@link #reserve} took. */
    public void release(long bytes) {
        lastSettledNanos = System.nanoTime();
        inFlight.release(bytes);
    }

    /** Opens a submission of exactly that many events, which takes over what was reserved for it. */
    public Submission submission(
            PublishedTopic topic, Stamp stamp, int events, long reserved, Consumer<Outcome> answer) {
        context.progress().in(events);
        return new Submission(this, topic, stamp, events, reserved, answer);
    }

    /** Counts events that were refused before they became a submission. */
    public void refusedAtOnce(DoorTopic topic, Refusal refusal, int events) {
        context.progress().in(events);
        context.progress().rejected(events);
        topic.meters().refused(refusal.code(), events);
    }

    /** Opens a flight of notices, which takes over what was reserved for it. */
    NoticeSubmission notices(NoticeTopic topic, Stamp stamp, int count, long reserved, Consumer<Outcome> answer) {
        context.progress().in(count);
        return new NoticeSubmission(this, topic, stamp, count, reserved, answer);
    }

    Records records() {
        return records;
    }

    boolean keepsRejected() {
        return keepRejected;
    }

    void send(ProducerRecord<byte[], byte[]> record, Callback settled) {
        try {
            producer.send(record, settled);
        } catch (KafkaException | IllegalStateException e) {
            // not one record's trouble: the producer itself cannot go on
            settled.onCompletion(null, e);
            context.fail(e);
        }
    }

    Future<?> atDeadline(Runnable action, long waitedNanos) {
        return deadlines.schedule(action, Math.max(0, deadline.toNanos() - waitedNanos), TimeUnit.NANOSECONDS);
    }

    Refusal late() {
        return new Refusal(
                Refusal.Code.UNAVAILABLE,
                "Kafka did not acknowledge within " + deadline.toMillis()
                        + " ms; whether the event was written is unknown: send it again with the same id");
    }

    /** What to say of an event that Kafka's client did not even take. */
    Refusal notSent(DoorTopic topic, @Nullable Exception failure) {
        if (failure instanceof BufferExhaustedException) {
            return new Refusal(
                    Refusal.Code.OVERLOADED,
                    "the buffer to Kafka is full; this event was not written, send it again in a moment");
        }
        if (failure instanceof TimeoutException) {
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Kafka cannot be reached, or does not have topic '" + topic.name()
                            + "' any more; this event was not written, send it again later");
        }
        return failed(topic, failure);
    }

    /** What to say of an event that Kafka did not acknowledge. */
    Refusal failed(DoorTopic topic, @Nullable Exception failure) {
        if (failure instanceof RecordTooLargeException) {
            String reason = "the event is larger than topic '" + topic.name() + "' takes: " + failure.getMessage();
            return new Refusal(Refusal.Code.INVALID, reason, List.of(new Violation("", "kafka.max_size", reason)));
        }
        if (failure instanceof RetriableException) {
            return new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "Kafka did not acknowledge (" + failure.getMessage()
                            + "); whether the event was written is unknown: send it again with the same id");
        }
        log.error("Kafka refused an event topic={}", topic.name(), failure);
        String reason = failure == null ? "no reason given" : failure.getMessage();
        return new Refusal(Refusal.Code.FAILED, "Kafka refused the event: " + reason);
    }

    void notKept(DoorTopic topic, int index, Exception failure) {
        log.warn("Could not keep a refused event topic={} index={} reason={}", topic.name(), index, failure.toString());
    }

    void answered(DoorTopic topic, Outcome outcome, long nanos) {
        int refused = outcome.refusals().size();
        context.progress().out(outcome.size() - refused);
        if (refused > 0) {
            context.progress().rejected(refused);
        }
        topic.meters().answered(outcome, Duration.ofNanos(nanos));
    }

    /** Waits for what is in flight, at most as long as a request may wait, and lets the producer go. */
    public void stop() {
        notices.stop();
        producer.close(deadline);
        deadlines.shutdownNow();
    }
}
