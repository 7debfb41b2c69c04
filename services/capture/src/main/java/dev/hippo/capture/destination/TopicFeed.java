// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The committed records of a hippo's topics, from where the database says. Used by one thread, but for {@link #wakeUp}. */
final class TopicFeed implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicFeed.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int KAFKA_MILLIS = 30_000;
    /** After so long partitions are seen that were added. */
    private static final int METADATA_MILLIS = 60_000;

    private static final int MOST_RECORDS = 5_000;
    /** The ends of transactions have places too. */
    private static final int STEP_BACK = 10;

    private static final String ANEW =
            " let the capture take a new snapshot into a topic that is made anew, empty the tables, and delete the rows of this hippo from "
                    + Ledger.POSITIONS
                    + " beside the first of them. With retention.ms: -1 in the topic's config all changes are kept";

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicFacts facts;
    /** Whether it is one topic of all changes, without which from the first on the tables would lack rows. */
    private final boolean whole;

    private final Map<TopicPartition, String> topicIds;
    /** Where reading goes on behind what is read once more. */
    private final Map<TopicPartition, Long> steppedFrom = new HashMap<>();
    /** Where the partitions began when they were opened. */
    private final Map<TopicPartition, Long> begins = new HashMap<>();

    private final InstantSource clock;
    /** Partitions of which an earlier process has read a part, and this one nothing yet. */
    private final Set<TopicPartition> resumed = new HashSet<>();
    /** Topics that may not tell all deletions any more. */
    private final Set<String> warned = new TreeSet<>();
    /** What the consumer group was told last. */
    private final Map<TopicPartition, Long> told = new HashMap<>();

    private TopicFeed(KafkaConsumer<byte[], byte[]> consumer, TopicFacts facts, boolean whole, InstantSource clock) {
        this.consumer = consumer;
        this.facts = facts;
        this.whole = whole;
        this.topicIds = facts.ids();
        this.clock = clock;
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
        client.put("metadata.max.age.ms", METADATA_MILLIS);
        Map<String, Object> asking = context.kafka().clientProperties("destination-topics-" + name);
        asking.put("default.api.timeout.ms", KAFKA_MILLIS);
        TopicFacts facts = TopicFacts.read(context.kafka(), asking, topics);
        TopicFeed feed = new TopicFeed(
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                facts,
                context.hippo().settings(Destination.class).whole(),
                context.clock());
        try {
            feed.seek(stored);
            return feed;
        } catch (HippoFailure e) {
            feed.close();
            throw e;
        } catch (KafkaException e) {
            feed.close();
            throw TopicFacts.unavailable(context.kafka(), e);
        }
    }

    private void seek(Map<TopicPartition, StoredOffset> stored) throws HippoFailure {
        List<TopicPartition> partitions = new ArrayList<>(topicIds.keySet());
        consumer.assign(partitions);
        begins.putAll(consumer.beginningOffsets(partitions));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            StoredOffset before = stored.get(partition);
            if (before == null && whole && begin > 0) {
                throw new HippoFailure("topic '" + partition.topic() + "' begins at offset " + begin
                        + ": its first changes were deleted by its retention, and the tables would lack rows;" + ANEW);
            }
            if (before != null) {
                check(partition, before, begin, ends.getOrDefault(partition, 0L));
                resumed.add(partition);
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

    private HippoFailure gone(TopicPartition partition, String what) {
        String topic = "topic '" + partition.topic() + "' partition " + partition.partition() + " " + what;
        if (whole) {
            return new HippoFailure(topic + ". Changes may be missing;" + ANEW);
        }
        return new HippoFailure(topic
                + ". The table would keep rows that are gone: empty it, and delete the rows of this hippo and topic from "
                + Ledger.POSITIONS + " beside it; then all rows of the topic are brought there from the first");
    }

    /**
     * The next records; none when it was woken up.
     *
     * @throws HippoFailure if they are gone
     * @throws KafkaUnavailable if the topics have to be opened again
     */
    ConsumerRecords<byte[], byte[]> poll() throws HippoFailure, KafkaUnavailable {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            steppedFrom.entrySet().removeIf(from -> consumer.position(from.getKey()) >= from.getValue());
            if (!resumed.isEmpty()) {
                warnOfOld(records);
            }
            checkPartitions();
            return records;
        } catch (WakeupException e) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException e) {
            TopicPartition partition =
                    e.offsetOutOfRangePartitions().keySet().iterator().next();
            Long next = steppedFrom.remove(partition);
            if (next != null) {
                // what was to be read once more is gone just now, and is not needed
                consumer.seek(partition, next);
                return ConsumerRecords.empty();
            }
            throw gone(
                    partition,
                    "has not the records any more that come next: it was made anew, or they were deleted before they were read");
        }
    }

    /** Where the first record that is new is older than deletions are kept, some of them may be gone. */
    private void warnOfOld(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            Duration kept = facts.deletionsKept().get(partition.topic());
            ConsumerRecord<byte[], byte[]> first = records.records(partition).get(0);
            if (resumed.remove(partition)
                    && kept != null
                    && Instant.ofEpochMilli(first.timestamp()).plus(kept).isBefore(clock.instant())
                    && warned.add(partition.topic())) {
                log.warn(
                        "Topic '{}' was not read for longer than it keeps deletions for sure (delete.retention.ms is {} s); rows whose deletion"
                                + " is gone from it stay in the table. Raise delete.retention.ms in the topic's config, and if in doubt"
                                + " empty the table and delete the topic's rows from {}: then all comes there from the first",
                        partition.topic(),
                        kept.toSeconds(),
                        Ledger.POSITIONS);
            }
        }
    }

    Set<String> warned() {
        return Set.copyOf(warned);
    }

    private void checkPartitions() throws KafkaUnavailable {
        for (String topic :
                topicIds.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet())) {
            long known = topicIds.keySet().stream()
                    .filter(partition -> partition.topic().equals(topic))
                    .count();
            // as the client knows them already, without asking
            if (consumer.partitionsFor(topic).size() > known) {
                throw new KafkaUnavailable("topic '" + topic + "' has got more partitions; it is opened again", null);
            }
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

    /** A place of a partition as the database keeps it. */
    StoredOffset behind(TopicPartition partition, long offset) {
        return new StoredOffset(topicIds.getOrDefault(partition, ""), offset);
    }

    /** Where the next record is read. */
    long position(TopicPartition partition) {
        return consumer.position(partition);
    }

    /** Reads the last records before the next one once more, as far as they are still there. */
    void stepBack(TopicPartition partition) {
        long next = consumer.position(partition);
        steppedFrom.put(partition, next);
        consumer.seek(partition, Math.min(next, Math.max(next - STEP_BACK, begins.getOrDefault(partition, next))));
    }

    /** Reads on from a place. */
    void seek(TopicPartition partition, long offset) {
        consumer.seek(partition, offset);
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
