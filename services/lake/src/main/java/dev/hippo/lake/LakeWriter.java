// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.FinishMessage;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that reads a topic and commits to a table. Where it goes on after a restart is in the table itself, in the same commit as the rows, so each
 * record is in the table once. One thread runs it; {@link #askToStop} may come from another.
 */
final class LakeWriter {
    private static final Logger log = LoggerFactory.getLogger(LakeWriter.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long KAFKA_SECONDS = 30;
    /** Small events take more memory as rows than they have bytes; a quarter of the heap is the most that waits for its commit, and no column grows beyond an array. */
    private static final long MOST_HELD = Math.min(Runtime.getRuntime().maxMemory() / 4, Integer.MAX_VALUE / 2);

    private static final long MOST_PASSED_OVER = 100_000;
    private static final Duration LONGEST_PASSED_OVER = Duration.ofMinutes(10);
    private static final Duration SWEEPS = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HippoContext context;
    private final TopicSpec topic;
    private final TableSpec table;
    private final HippoSettings.Lake settings;
    private final Landing landing;
    private final DeltaTable delta;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Timer commits;
    private final RejectedRecords rejects;
    /** The notice of the last commit, on its way. */
    private @Nullable Future<RecordMetadata> notice;

    private List<TopicPartition> partitions = List.of();
    private Gathering pending;
    /** Records since the last commit that have nothing to do with the table. */
    private long passedOver;

    private Instant committedAt = Instant.MIN;
    /** The version up to which replaced files have been deleted, and when to look again. */
    private long swept = LakeState.NOTHING;

    private Instant sweepAt = Instant.MIN;
    /** What the table has of each partition of the topic: everything before the offset. */
    private volatile Map<Integer, Long> stored = Map.of();

    private volatile boolean stopAsked;

    LakeWriter(HippoContext context, TopicSpec topic, TableSpec table, Landing landing) {
        this.context = context;
        this.topic = topic;
        this.table = table;
        this.settings = context.hippo().settings(HippoSettings.Lake.class);
        this.landing = landing;
        this.pending = landing.begin(landing.layout().schema());
        String application = context.pipeline().name() + "." + context.hippo().name();
        this.delta = new DeltaTable(context.state().location(table), application, topic.name(), context.clock());
        Map<String, Object> reader =
                context.kafka().clientProperties("lake-" + context.hippo().name());
        reader.put("isolation.level", "read_committed");
        reader.put("enable.auto.commit", false);
        reader.put("auto.offset.reset", "none");
        reader.put("allow.auto.create.topics", false);
        reader.put("max.poll.records", 20_000);
        reader.put("fetch.max.bytes", 16 << 20);
        reader.put("max.partition.fetch.bytes", 4 << 20);
        reader.put("group.id", application);
        this.consumer = new KafkaConsumer<>(reader, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Map<String, Object> writer = context.kafka()
                .clientProperties("lake-notices-" + context.hippo().name());
        writer.put("acks", "all");
        writer.put("enable.idempotence", true);
        writer.put("buffer.memory", 4 << 20);
        this.producer = new KafkaProducer<>(writer, new ByteArraySerializer(), new ByteArraySerializer());
        this.rejects = new RejectedRecords(
                producer, topic.rejectedTopic(), context.hippo().name());
        this.commits = Timer.builder("hippo.lake.commit").register(context.meters());
        context.details(this::details);
    }

    private ObjectNode details() {
        ObjectNode details = JSON.createObjectNode();
        ObjectNode offsets = details.putObject("offsets");
        stored.forEach((partition, next) -> offsets.put(topic.name() + "/" + partition, next));
        return details;
    }

    /** Opens the table and goes to where it says. */
    void open() throws IOException, HippoFailure {
        TableLayout layout = landing.layout();
        LakeState state = delta.open(layout.schema(), layout.partitionNames(), landing.properties());
        swept = state.swept();
        committedAt = context.clock().instant();
        pending = landing.begin(delta.schema());
        partitions = consumer.partitionsFor(topic.name(), Duration.ofSeconds(KAFKA_SECONDS)).stream()
                .map(info -> new TopicPartition(topic.name(), info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long next = state.offsets().getOrDefault(partition.partition(), begin);
            if (next < begin) {
                throw new HippoFailure(
                        "topic '" + topic.name() + "' partition " + partition.partition() + " begins at offset " + begin
                                + ", and the table has only what is before " + next
                                + ": the records between were deleted by the topic's retention. "
                                + "Load them from elsewhere, or accept the gap by a new hippo name");
            }
            consumer.seek(partition, next);
        }
        // whether the last commit was told is not known; told twice, it has the same id
        tell(state);
        log.info(
                "Opened table={} version={} offsets={}", table.name(), delta.version(), new TreeMap<>(state.offsets()));
        stored = Map.copyOf(state.offsets());
        context.progress().position(position(delta.version()));
    }

    /** Reads and commits until asked to stop, then commits what is pending. */
    void run() throws IOException, HippoFailure, InterruptedException {
        Instant oldest = Instant.MAX;
        while (!stopAsked) {
            ConsumerRecords<byte[], byte[]> records = poll();
            if (!records.isEmpty() && oldest.equals(Instant.MAX)) {
                oldest = context.clock().instant();
            }
            for (ConsumerRecord<byte[], byte[]> record : records) {
                take(record);
            }
            context.progress().in(records.count());
            boolean due = pending.bytes() >= settings.commitSize()
                    || pending.held() >= MOST_HELD
                    || !context.clock().instant().isBefore(latest(oldest));
            if (due && somethingRead()) {
                commit();
                oldest = Instant.MAX;
            }
            measureLag();
        }
        if (somethingRead() || passedOver > 0) {
            commit();
        }
    }

    /** Whether there is something to commit. That many records were passed over, or some long ago, is something too: the topic may not have them any more when they are to be read again. */
    private boolean somethingRead() {
        return pending.records() > 0
                || !rejects.isEmpty()
                || passedOver >= MOST_PASSED_OVER
                || (passedOver > 0 && !context.clock().instant().isBefore(committedAt.plus(LONGEST_PASSED_OVER)));
    }

    private ConsumerRecords<byte[], byte[]> poll() throws HippoFailure {
        try {
            return consumer.poll(POLL);
        } catch (OffsetOutOfRangeException e) {
            throw new HippoFailure(
                    "records of topic '" + topic.name() + "' were deleted before they were read, at "
                            + e.offsetOutOfRangePartitions()
                            + ": the topic's retention is shorter than this hippo was behind. Give the topic a longer retention.ms",
                    e);
        }
    }

    private Instant latest(Instant oldest) {
        return oldest.equals(Instant.MAX) ? Instant.MAX : oldest.plus(settings.commitInterval());
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (!pending.add(record)) {
                passedOver++;
            }
        } catch (MalformedWireException | IllegalArgumentException e) {
            rejects.keep(record, String.valueOf(e.getMessage()));
            context.progress().rejected(1);
        }
    }

    private void commit() throws IOException, HippoFailure, InterruptedException {
        awaitRejects();
        awaitNotice();
        Map<Integer, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            offsets.put(partition.partition(), consumer.position(partition));
        }
        Gathering rows = pending;
        List<Map<String, String>> touched = rows.partitions().stream()
                .map(key -> key.texts(landing.layout().partitions()))
                .toList();
        sweep();
        long begun = System.nanoTime();
        DeltaTable.Commit made = delta.commit(
                rows.changes(),
                next -> new LakeState(
                        offsets,
                        // what only says how far the topic is read is no news of the table
                        rows.rows() == 0
                                ? ""
                                : new String(notice(touched, rows.rows(), next).toBytes(), StandardCharsets.UTF_8),
                        swept));
        commits.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
        pending = landing.begin(delta.schema());
        passedOver = 0;
        committedAt = context.clock().instant();
        tell(made.state());
        stored = Map.copyOf(offsets);
        context.progress().out(rows.records());
        context.progress().position(position(made.version()));
    }

    /** Before a commit, which then says how far it has come. */
    private void sweep() throws IOException {
        Instant now = context.clock().instant();
        if (landing.keep().isPresent() && !now.isBefore(sweepAt)) {
            sweepAt = now.plus(SWEEPS);
            swept = delta.sweep(landing.keep().get(), swept);
        }
    }

    private FinishMessage notice(List<Map<String, String>> touched, long rows, long version) {
        return new FinishMessage(
                context.hippo().name(),
                context.pipeline().name(),
                table.name(),
                landing.method(),
                touched,
                rows,
                version,
                context.clock().instant());
    }

    private void tell(LakeState state) {
        if (state.notice().isEmpty()) {
            return;
        }
        notice = producer.send(new ProducerRecord<>(
                ControlTopics.FINISH,
                table.name().getBytes(StandardCharsets.UTF_8),
                state.notice().getBytes(StandardCharsets.UTF_8)));
    }

    /** The next commit's state replaces the notice in the table, from where a restarted writer would tell it again: it must be in Kafka before. */
    private void awaitNotice() throws IOException, InterruptedException {
        if (notice != null) {
            await(notice, "the notice of the last commit could not be written to " + ControlTopics.FINISH);
            notice = null;
        }
    }

    /** A record that is passed over must be in the rejected topic before the commit says that it was read. */
    private void awaitRejects() throws IOException, InterruptedException {
        for (Future<RecordMetadata> kept : rejects.sent()) {
            await(kept, "an undecodable record could not be kept in " + topic.rejectedTopic());
        }
        rejects.clear();
    }

    private static void await(Future<RecordMetadata> sent, String otherwise) throws IOException, InterruptedException {
        try {
            sent.get(KAFKA_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(otherwise, e);
        }
    }

    private String position(long version) {
        return "version " + version;
    }

    private void measureLag() {
        long lag = pending.records();
        for (TopicPartition partition : partitions) {
            lag += consumer.currentLag(partition).orElse(0);
        }
        context.progress().lag(lag);
    }

    void askToStop() {
        stopAsked = true;
    }

    void close() {
        consumer.close();
        producer.close(Duration.ofSeconds(5));
    }
}
