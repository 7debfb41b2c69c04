// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.feed;

import dev.hippo.doctor.store.StatusWriter;
import dev.hippo.doctor.store.StatusWriter.PositionMovedException;
import dev.hippo.doctor.store.Update;
import dev.hippo.kit.Progress;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topics and writes what they say, with how far it has read. Kafka or the database being away makes it wait and begin again from what the
 * database says; the pipeline does not notice. One thread runs it; {@link #stop} is for any.
 */
public final class StatusFeed {
    private static final Logger log = LoggerFactory.getLogger(StatusFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_SECONDS = 1;
    private static final int MOST_RECORDS = 2_000;

    private final KafkaConnection kafka;
    private final StatusWriter writer;
    private final StatusRecords records;
    private final Progress progress;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile String trouble = "";

    public StatusFeed(KafkaConnection kafka, StatusWriter writer, PipelineSpec pipeline, Progress progress) {
        this.kafka = kafka;
        this.writer = writer;
        this.records = new StatusRecords(pipeline);
        this.progress = progress;
    }

    /** Reads and writes until {@link #stop}. */
    public void run() throws InterruptedException {
        do {
            try {
                read();
            } catch (KafkaUnavailable | KafkaException | SQLException | PositionMovedException e) {
                trouble(String.valueOf(e.getMessage()));
            }
        } while (!stopAsked.await(PAUSE_SECONDS, TimeUnit.SECONDS));
    }

    /** Asks {@link #run} to return. */
    public void stop() {
        stopAsked.countDown();
    }

    /** Why nothing new is known at the moment; empty when all is well. */
    public String trouble() {
        return trouble;
    }

    private void trouble(String now) {
        if (!now.equals(trouble)) {
            trouble = now;
            if (now.isEmpty()) {
                log.info("The status is kept up to date again");
            } else {
                log.warn("The status is not kept up to date, trying again: {}", now);
            }
        }
    }

    private void read() throws KafkaUnavailable, SQLException, PositionMovedException, InterruptedException {
        Map<String, TopicDescription> topics = topics();
        Map<String, Object> client = kafka.clientProperties("doctor");
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        client.put("allow.auto.create.topics", false);
        client.put("max.poll.records", MOST_RECORDS);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            Map<TopicPartition, Long> positions = begin(consumer, topics);
            while (stopAsked.getCount() > 0) {
                turn(consumer, topics, positions);
                trouble("");
            }
        } catch (WakeupException e) {
            // asked to stop
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    private Map<String, TopicDescription> topics() throws KafkaUnavailable, InterruptedException {
        Map<String, Object> client = kafka.clientProperties("doctor-topics");
        client.put("default.api.timeout.ms", 10_000);
        client.put("request.timeout.ms", 5_000);
        List<String> wanted = new ArrayList<>(StatusRecords.CONTROL);
        wanted.addAll(records.notices());
        Map<String, TopicDescription> topics = new HashMap<>();
        try (Admin admin = Admin.create(client)) {
            for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                    admin.describeTopics(wanted).topicNameValues().entrySet()) {
                describe(topic.getKey(), topic.getValue(), topics);
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KafkaUnavailable(
                    "Kafka at " + kafka.bootstrapServers() + " does not tell of its topics: " + cause.getMessage(), e);
        }
        return topics;
    }

    /** A topic of notices that is not there keeps nothing from being read but itself. */
    private void describe(String topic, KafkaFuture<TopicDescription> told, Map<String, TopicDescription> into)
            throws ExecutionException, InterruptedException {
        try {
            into.put(topic, told.get());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                    || !records.notices().contains(topic)) {
                throw e;
            }
            log.warn("There is no topic of these notices; they are read when the Doctor starts again topic={}", topic);
        }
    }

    private Map<TopicPartition, Long> begin(
            KafkaConsumer<byte[], byte[]> consumer, Map<String, TopicDescription> topics) throws SQLException {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicDescription topic : topics.values()) {
            Map<Integer, Long> known = writer.positions(topic.topicId().toString());
            topic.partitions()
                    .forEach(info -> positions.put(
                            new TopicPartition(topic.name(), info.partition()),
                            known.getOrDefault(info.partition(), 0L)));
        }
        consumer.assign(positions.keySet());
        // 0 may be gone by now; then Kafka's earliest is taken
        positions.forEach(consumer::seek);
        return positions;
    }

    private void turn(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<String, TopicDescription> topics,
            Map<TopicPartition, Long> positions)
            throws SQLException, PositionMovedException {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        Update update = new Update();
        int refused = 0;
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            if (!records.take(record, id(topics, record.topic()), update)) {
                refused++;
            }
        }
        Map<TopicPartition, Long> reached = new HashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            long from = positions.getOrDefault(partition, 0L);
            long to = consumer.position(partition);
            update.read(partition.topic(), id(topics, partition.topic()), partition.partition(), from, to);
            reached.put(partition, to);
        }
        if (!update.isEmpty()) {
            writer.write(update);
            positions.putAll(reached);
            progress.in(polled.count());
            progress.out(polled.count() - refused);
            progress.rejected(refused);
        }
        long lag = 0;
        for (TopicPartition partition : List.copyOf(positions.keySet())) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        progress.lag(lag);
    }

    private static String id(Map<String, TopicDescription> topics, String topic) {
        TopicDescription description = topics.get(topic);
        return description == null ? "" : description.topicId().toString();
    }
}
