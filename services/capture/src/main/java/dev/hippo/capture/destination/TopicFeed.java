// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** The committed records of a hippo's topics, from where the database says. Used by one thread, but for {@link #wakeUp}. */
final class TopicFeed implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int KAFKA_MILLIS = 30_000;
    private static final int MOST_RECORDS = 5_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, String> topicIds;
    /** What the consumer group was told last. */
    private final Map<TopicPartition, Long> told = new HashMap<>();

    private TopicFeed(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, String> topicIds) {
        this.consumer = consumer;
        this.topicIds = topicIds;
    }

    /**
     * Goes to where the database is.
     *
     * @throws HippoFailure if the topics are not those that the database has read
     */
    static TopicFeed open(HippoContext context, Collection<String> topics, Map<TopicPartition, StoredOffset> stored)
            throws KafkaUnavailable, HippoFailure {
        String name = context.hippo().name();
        Map<String, Object> client = context.kafka().clientProperties("destination-" + name);
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "none");
        client.put("allow.auto.create.topics", false);
        client.put("max.poll.records", MOST_RECORDS);
        client.put("fetch.max.bytes", 16 << 20);
        client.put("max.partition.fetch.bytes", 4 << 20);
        client.put("default.api.timeout.ms", KAFKA_MILLIS);
        client.put("group.id", context.pipeline().name() + "." + name);
        Map<TopicPartition, String> topicIds = topicIds(context.kafka(), name, topics);
        TopicFeed feed = new TopicFeed(
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer()), topicIds);
        try {
            feed.seek(stored);
            return feed;
        } catch (HippoFailure e) {
            feed.close();
            throw e;
        } catch (KafkaException e) {
            feed.close();
            throw unavailable(context.kafka(), e);
        }
    }

    private static KafkaUnavailable unavailable(KafkaConnection kafka, Throwable cause) {
        return new KafkaUnavailable(
                "Kafka at " + kafka.bootstrapServers() + " does not tell the topics: " + cause.getMessage()
                        + "; is the pipeline up?",
                cause);
    }

    private static Map<TopicPartition, String> topicIds(KafkaConnection kafka, String name, Collection<String> topics)
            throws KafkaUnavailable {
        Map<String, Object> client = kafka.clientProperties("destination-topics-" + name);
        client.put("default.api.timeout.ms", KAFKA_MILLIS);
        Map<TopicPartition, String> ids = new HashMap<>();
        try (Admin admin = kafka.admin(client)) {
            for (TopicDescription topic :
                    admin.describeTopics(topics).allTopicNames().get().values()) {
                topic.partitions()
                        .forEach(info -> ids.put(
                                new TopicPartition(topic.name(), info.partition()),
                                topic.topicId().toString()));
            }
            return ids;
        } catch (ExecutionException e) {
            throw unavailable(kafka, e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
    }

    private void seek(Map<TopicPartition, StoredOffset> stored) throws HippoFailure {
        List<TopicPartition> partitions = new ArrayList<>(topicIds.keySet());
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            StoredOffset before = stored.get(partition);
            if (before != null) {
                check(partition, before, begin, ends.getOrDefault(partition, 0L));
            }
            consumer.seek(partition, before == null ? begin : before.next());
        }
        for (TopicPartition partition : stored.keySet()) {
            if (topicIds.keySet().stream().anyMatch(now -> now.topic().equals(partition.topic()))
                    && !topicIds.containsKey(partition)) {
                throw gone(partition, "has no such partition any more");
            }
        }
    }

    private void check(TopicPartition partition, StoredOffset before, long begin, long end) throws HippoFailure {
        if (!before.topicId().equals(topicIds.get(partition))) {
            throw gone(partition, "is another one of the same name now: it was deleted and made anew");
        }
        if (before.next() > end) {
            throw gone(
                    partition,
                    "ends at offset " + end + ", and the database has all before " + before.next()
                            + ": records were lost, or it was made anew");
        }
        if (before.next() < begin) {
            throw gone(
                    partition,
                    "begins at offset " + begin + ", and the database has only what is before " + before.next()
                            + ": the records between were deleted by the topic's retention");
        }
    }

    private static HippoFailure gone(TopicPartition partition, String what) {
        return new HippoFailure("topic '" + partition.topic() + "' partition " + partition.partition() + " " + what
                + ". The table would keep rows that are gone: empty it, and delete the rows of this hippo and topic from "
                + Ledger.POSITIONS + " beside it; then all rows of the topic are brought there from the first");
    }

    /**
     * The next records; none when it was woken up.
     *
     * @throws HippoFailure if they are gone
     */
    ConsumerRecords<byte[], byte[]> poll() throws HippoFailure {
        try {
            return consumer.poll(POLL);
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            throw gone(
                    e.offsetOutOfRangePartitions().keySet().iterator().next(),
                    "has not the records any more that come next: it was made anew, or they were deleted before they were read");
        }
    }

    /** Behind what was read last, for the partitions that have records in it. */
    Map<TopicPartition, StoredOffset> behind(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, StoredOffset> behind = new HashMap<>();
        for (TopicPartition partition : records.partitions()) {
            behind.put(partition, new StoredOffset(topicIds.getOrDefault(partition, ""), consumer.position(partition)));
        }
        return behind;
    }

    /** Tells the consumer group how far the database is, for those who look at it; nothing depends on it. */
    void tellGroup() {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition partition : topicIds.keySet()) {
            long position = consumer.position(partition);
            if (told.getOrDefault(partition, -1L) != position) {
                told.put(partition, position);
                offsets.put(partition, new OffsetAndMetadata(position));
            }
        }
        if (!offsets.isEmpty()) {
            consumer.commitAsync(offsets, this::onTold);
        }
    }

    /** Comes from within {@link #poll}. */
    private void onTold(Map<TopicPartition, OffsetAndMetadata> offsets, @Nullable Exception failure) {
        if (failure != null) {
            offsets.keySet().forEach(told::remove);
        }
    }

    /** Records that are not read yet, as far as that is known. */
    long lag() {
        long lag = 0;
        for (TopicPartition partition : topicIds.keySet()) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        return lag;
    }

    /** How far it is, for people. */
    String position() {
        Map<String, Long> offsets = new TreeMap<>();
        topicIds.keySet().forEach(p -> offsets.put(p.topic() + "/" + p.partition(), consumer.position(p)));
        return offsets.entrySet().stream()
                .map(entry -> entry.getKey() + "@" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    /** Ends a {@link #poll} that waits. */
    void wakeUp() {
        consumer.wakeup();
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE));
    }
}
