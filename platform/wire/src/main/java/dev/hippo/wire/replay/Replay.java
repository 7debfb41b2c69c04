// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.ShortId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Copies a range of a topic into another, byte for byte, time and headers included, with a header that tells where each record comes from. What is copied and how
 * far it has come is one Kafka transaction: a replay that was killed goes on where it was when it is asked for again, and each record is there once. Not
 * thread-safe.
 */
public final class Replay implements AutoCloseable {
    /** A name for the header of replayed records: {@code topic/partition/offset} of the original. */
    public static final String ORIGIN = EventHeaders.REPLAYED_FROM;

    private static final int MOST_RECORDS = 500;

    private final KafkaConnection kafka;
    private final String topic;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;

    /**
     * How a replay has ended.
     *
     * @param copied records in all, those of before a kill included
     * @param before records that were there already when it began
     * @param complete whether the whole range is copied
     */
    public record Outcome(String id, TopicRange range, long copied, long before, boolean complete) {}

    private Replay(KafkaConnection kafka, String topic, Admin admin, Consumer<byte[], byte[]> consumer) {
        this.kafka = kafka;
        this.topic = topic;
        this.admin = admin;
        this.consumer = consumer;
    }

    /**
     * Opens the topic that is to be replayed.
     *
     * @throws KafkaUnavailable if Kafka does not answer
     */
    public static Replay of(KafkaConnection kafka, String topic) throws KafkaUnavailable {
        Map<String, Object> asking = kafka.clientProperties("hippo-replay-admin");
        asking.put("default.api.timeout.ms", 15_000);
        asking.put("request.timeout.ms", 5_000);
        Map<String, Object> reading = kafka.clientProperties("hippo-replay");
        reading.put("isolation.level", "read_committed");
        reading.put("enable.auto.commit", false);
        reading.put("auto.offset.reset", "none");
        reading.put("allow.auto.create.topics", false);
        reading.put("default.api.timeout.ms", 15_000);
        reading.put("max.poll.records", MOST_RECORDS);
        Admin admin = kafka.admin(asking);
        try {
            return new Replay(
                    kafka,
                    topic,
                    admin,
                    new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        } catch (KafkaException e) {
            admin.close();
            throw new KafkaUnavailable("topic '" + topic + "' cannot be read: " + e.getMessage(), e);
        }
    }

    /** The offsets that a range stands for now. */
    public TopicRange range(ReplayPoint from, ReplayPoint to) throws KafkaUnavailable, ReplayRefused {
        int partitions = partitions(topic)
                .orElseThrow(() -> new ReplayRefused("there is no topic '" + topic + "' in Kafka at "
                        + kafka.bootstrapServers() + "; 'hippo topics' lists those of the pipeline"));
        List<TopicPartition> all = java.util.stream.IntStream.range(0, partitions)
                .mapToObj(shard -> new TopicPartition(topic, shard))
                .toList();
        try {
            return TopicRange.find(consumer, all, from, to);
        } catch (KafkaException e) {
            throw unreadable(e);
        }
    }

    private KafkaUnavailable unreadable(KafkaException e) {
        return new KafkaUnavailable(
                "topic '" + topic + "' cannot be read at " + kafka.bootstrapServers() + ": " + e.getMessage()
                        + "; is the pipeline up?",
                e);
    }

    /** How many committed records a range has; reads them. */
    public long count(TopicRange range) throws KafkaUnavailable, ReplayRefused {
        long[] count = {0};
        try {
            range.read(consumer, Map.of(), (records, reached) -> {
                count[0] += records.size();
                return true;
            });
        } catch (OffsetOutOfRangeException e) {
            throw deleted(0);
        } catch (KafkaException e) {
            throw unreadable(e);
        }
        return count[0];
    }

    /**
     * Copies a range, or goes on with it.
     *
     * @param id of the replay: the same goes on, or is found done
     * @param range is taken when the replay is new; one that was begun keeps its own
     * @param progress is told the number of records that are copied, after each transaction
     * @param stop whether to end after the next transaction
     * @throws ReplayRefused if the target cannot be, or records were deleted meanwhile
     */
    public Outcome copy(String id, TopicRange range, String into, LongConsumer progress, BooleanSupplier stop)
            throws KafkaUnavailable, ReplayRefused {
        target(into);
        try (ReplayWriter writer = new ReplayWriter(kafka, id, topic, into)) {
            writer.takeOver();
            ReplayProgress known =
                    ReplayWriter.progress(admin, id, topic, partitions(topic).orElse(0));
            ReplayProgress begun = known.isEmpty() ? ReplayProgress.begin(range) : known;
            if (known.isEmpty()) {
                writer.begin(begun);
            }
            long before = begun.copied();
            ReplayProgress[] now = {begun};
            try {
                begun.range(topic).read(consumer, begun.positions(), (records, reached) -> {
                    now[0] = writer.write(now[0], records, reached);
                    progress.accept(now[0].copied());
                    return !stop.getAsBoolean();
                });
            } catch (OffsetOutOfRangeException e) {
                throw deleted(now[0].copied());
            }
            return new Outcome(id, begun.range(topic), now[0].copied(), before, now[0].isComplete());
        } catch (KafkaException e) {
            throw new KafkaUnavailable(
                    "the replay '" + id + "' was broken off: " + e.getMessage()
                            + "; what it had copied is there, and the same again goes on with the rest",
                    e);
        }
    }

    /**
     * The id of what is asked for, so that the same goes on where it was.
     *
     * @param again whether a replay that is done is to be done once more, under an id of its own
     */
    public String id(String pipeline, String from, String to, String into, boolean again) throws KafkaUnavailable {
        String base = ShortId.of("replay", pipeline, topic, from, to, into);
        String id = base;
        for (int number = 2;
                again && progress(id).filter(ReplayProgress::isComplete).isPresent();
                number++) {
            id = base + "-" + number;
        }
        return id;
    }

    /** What is known of a replay; empty if it never began, or Kafka has forgotten it. */
    public Optional<ReplayProgress> progress(String id) throws KafkaUnavailable {
        ReplayProgress progress =
                ReplayWriter.progress(admin, id, topic, partitions(topic).orElse(0));
        return progress.isEmpty() ? Optional.empty() : Optional.of(progress);
    }

    private ReplayRefused deleted(long copied) {
        return new ReplayRefused("records of '" + topic + "' that were to be replayed have been deleted meanwhile; "
                + copied + " were copied before");
    }

    private Optional<Integer> partitions(String name) throws KafkaUnavailable {
        try {
            if (!admin.listTopics().names().get().contains(name)) {
                return Optional.empty();
            }
            return Optional.ofNullable(admin.describeTopics(List.of(name))
                            .allTopicNames()
                            .get()
                            .get(name))
                    .map(description -> description.partitions().size());
        } catch (ExecutionException e) {
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " does not answer: "
                            + (e.getCause() == null ? e : e.getCause()).getMessage() + "; is the pipeline up?",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
    }

    /**
     * Makes the topic, or sees whether the one that is there will do.
     *
     * @throws ReplayRefused if nothing can be replayed into it
     */
    public void target(String into) throws KafkaUnavailable, ReplayRefused {
        if (into.equals(topic)) {
            throw new ReplayRefused("topic '" + topic + "' cannot be replayed into itself; name another with --into");
        }
        if (!into.matches("[A-Za-z0-9._-]{1,200}")
                || Set.copyOf(ControlTopics.all()).contains(into)) {
            throw new ReplayRefused("topic '" + into + "' cannot take a replay: "
                    + (ControlTopics.all().contains(into)
                            ? "by it hippos speak of themselves"
                            : "a name has letters, digits, '.', '_' and '-'"));
        }
        int wanted = partitions(topic).orElse(1);
        Optional<Integer> there = partitions(into);
        if (there.isPresent()) {
            if (there.get() < wanted) {
                throw new ReplayRefused("topic '" + into + "' has " + there.get() + " partitions, '" + topic + "' has "
                        + wanted + "; each record keeps its partition. Name another topic");
            }
            return;
        }
        try {
            NewTopic made = new NewTopic(into, Optional.of(wanted), Optional.empty());
            // the records keep their times: a retention by time would take them away at once
            Map<String, String> config = new HashMap<>(Map.of("retention.ms", "-1"));
            admin.createTopics(List.of(made.configs(config))).all().get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (!(cause instanceof TopicExistsException)) {
                throw new KafkaUnavailable("topic '" + into + "' could not be made: " + message(cause, e), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while making a topic", e);
        }
    }

    private static String message(@Nullable Throwable cause, Exception otherwise) {
        return String.valueOf((cause == null ? otherwise : cause).getMessage());
    }

    /** The value of a header as text. */
    static byte[] header(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(java.time.Duration.ZERO));
        admin.close(java.time.Duration.ofSeconds(2));
    }
}
