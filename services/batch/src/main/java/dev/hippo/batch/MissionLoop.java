// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.Mission.Failure;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.Signal;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import dev.hippo.wire.mission.Trigger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One hippo's missions, turn by turn: messages and ends of jobs go into the {@link MissionBook}, what it decides is written, then the jobs are launched. A
 * turn that was not written has not happened: the next process reads the same messages again.
 */
final class MissionLoop {
    private static final Logger log = LoggerFactory.getLogger(MissionLoop.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);
    /** How long the end of a job waits for others, or for a message: a transaction costs about the same with one mission or with twenty. */
    private static final Duration COMPANY = Duration.ofMillis(10);
    /** What is written in one transaction stays small enough to be written quickly. */
    private static final int MOST_RECORDS = 500;
    /** What a message tells of the messages before it: carried on, it would grow with every hippo of a chain. */
    private static final List<String> HISTORY = List.of("receive_msgs", "need_msgs");
    /** A message goes whole into the mission that it starts and into those messages that tell of it, which Kafka limits. */
    private static final int MOST_BYTES = 64 << 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HippoContext context;
    private final Batch settings;
    private final MissionBook book;
    private final EventRules events;
    private final MissionLog missionLog;
    private final @Nullable JobRunner jobs;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Queue<AttemptEnd> ends = new ConcurrentLinkedQueue<>();
    /** Done at the end of a turn, when all that was read is decided. */
    private final Queue<MissionCommand> rewinds = new ArrayDeque<>();

    /** When the first of {@link #ends} came, about. */
    private volatile long firstEnd = System.nanoTime();

    private volatile boolean stopAsked;

    MissionLoop(HippoContext context) {
        this.context = context;
        this.settings = context.hippo().settings(Batch.class);
        String pipeline = context.pipeline().name();
        String hippo = context.hippo().name();
        this.book = new MissionBook(pipeline, hippo, settings);
        this.events = new EventRules(settings.rules(), context.pipeline(), context.contracts());
        this.missionLog = new MissionLog(context);
        String run = settings.run();
        this.jobs = run == null
                ? null
                : new JobRunner(
                        context.state().missions(hippo),
                        context.pipeline().folder(),
                        run,
                        JobEnvironment.of(context, settings),
                        this::ended);
        Map<String, Object> client = context.kafka().clientProperties("batch-" + hippo);
        client.put("group.id", pipeline + "." + hippo);
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", settings.fromEarliest() ? "earliest" : "latest");
        client.put("allow.auto.create.topics", false);
        client.put("max.poll.records", MOST_RECORDS);
        client.put("fetch.max.wait.ms", 100);
        this.consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void ended(AttemptEnd end) {
        if (ends.isEmpty()) {
            firstEnd = System.nanoTime();
        }
        ends.add(end);
        consumer.wakeup();
    }

    /** Nanoseconds that the ends of jobs still wait for company. */
    private long endsWait() {
        return COMPANY.toNanos() - (System.nanoTime() - firstEnd);
    }

    /** Takes over what an earlier process has left, and goes to where it had read. */
    void open() throws HippoFailure, KafkaUnavailable, FencedException, IOException {
        missionLog.takeOver();
        boolean here = missionLog.restore(book);
        Set<String> topics = new TreeSet<>(settings.topics());
        topics.add(ControlTopics.COMMANDS);
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, OffsetAndMetadata> begins = new HashMap<>();
        // written down at once: what comes from here on is never passed over, whatever 'from' says
        partitions.forEach(partition -> begins.put(partition, new OffsetAndMetadata(consumer.position(partition))));
        Instant now = context.clock().instant();
        List<Mission> running = book.begin(now);
        if (!here) {
            // their jobs are on the host that this hippo was on before, and nobody there may tell of them any more
            running.forEach(mission -> book.interrupted(mission.id()));
        }
        Changes changes = book.take();
        missionLog.placed(changes);
        missionLog.commit(changes, begins, consumer.groupMetadata());
        for (Mission mission : here ? running : List.<Mission>of()) {
            if (jobs != null) {
                book.runs(mission, jobs.resume(mission, now));
            } else {
                // it had a command when it began
                ends.add(AttemptEnd.failed(
                        mission.id(), mission.attempt(), Failure.Kind.START, "the hippo has no command any more"));
            }
        }
    }

    /**
     * Works until asked to stop.
     *
     * @throws FencedException if another process has taken over
     */
    void run() throws FencedException, IOException, KafkaUnavailable, HippoFailure {
        Instant nextSweep = Instant.MIN;
        while (!stopAsked) {
            ConsumerRecords<byte[], byte[]> records = poll();
            Instant now = context.clock().instant();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                take(record, now);
            }
            if (!records.isEmpty() || endsWait() <= 0) {
                for (AttemptEnd end = ends.poll(); end != null; end = ends.poll()) {
                    book.attemptEnded(end, now);
                }
            }
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(records.nextOffsets());
            for (MissionCommand rewind = rewinds.poll(); rewind != null; rewind = rewinds.poll()) {
                rewind(rewind, offsets, now);
            }
            book.tick(now);
            carryOut(book.take(), offsets);
            context.progress().in(records.count());
            context.progress().lag(lag());
            if (!now.isBefore(nextSweep)) {
                sweep(now);
                nextSweep = now.plus(SWEEP_INTERVAL);
            }
        }
    }

    private void sweep(Instant now) throws IOException {
        Path folder = context.state().missions(context.hippo().name());
        Set<String> open = book.open().stream().map(Mission::id).collect(Collectors.toSet());
        int swept = MissionFiles.sweep(folder, open, now.minus(settings.keep()));
        if (swept > 0) {
            log.info("Took away the files of missions that ended long ago missions={}", swept);
        }
    }

    private void carryOut(Changes changes, Map<TopicPartition, OffsetAndMetadata> offsets) throws FencedException {
        if (changes.anythingToTell() || !offsets.isEmpty()) {
            missionLog.commit(changes, offsets, consumer.groupMetadata());
        }
        context.progress().out(changes.finishes().size());
        if (jobs != null) {
            changes.launches().forEach(jobs::launch);
            changes.ends().forEach(jobs::end);
        }
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        Instant now = context.clock().instant();
        Instant due = book.nextDue();
        Duration wait = due.equals(Instant.MAX) ? LONGEST_WAIT : Duration.between(now, due);
        Duration longest = ends.isEmpty() ? LONGEST_WAIT : Duration.ofNanos(endsWait());
        wait = wait.compareTo(longest) > 0 ? longest : wait;
        try {
            return consumer.poll(wait.isNegative() ? Duration.ZERO : wait);
        } catch (WakeupException e) {
            // a job has ended, or the hippo is to stop
            return ConsumerRecords.empty();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, Instant now) {
        if (record.value() == null) {
            missionLog.reject(record, "", "the message has no value");
            return;
        }
        if (record.value().length > MOST_BYTES) {
            missionLog.reject(
                    record,
                    "",
                    "the message has " + record.value().length + " bytes, more than " + MOST_BYTES
                            + ", which a mission can carry on; name the data, do not send it");
            return;
        }
        try {
            if (record.topic().equals(ControlTopics.COMMANDS)) {
                take(MissionCommand.fromBytes(record.value()), record, now);
                return;
            }
            if (events.reads(record.topic())) {
                takeEvent(record, now);
                return;
            }
            for (Signal signal : SignalReader.read(record.value(), Instant.ofEpochMilli(record.timestamp()))) {
                ObjectNode message = signal.message().deepCopy().remove(HISTORY);
                Trigger.Source source =
                        new Trigger.Source(record.topic(), record.partition(), record.offset(), message);
                book.signal(record.topic(), signal, source, now);
            }
        } catch (SignalFormatException e) {
            missionLog.reject(record, e.field(), String.valueOf(e.getMessage()));
        }
    }

    private void takeEvent(ConsumerRecord<byte[], byte[]> record, Instant now) {
        try {
            for (EventRules.Met met : events.met(record)) {
                if (met.json().length() > MOST_BYTES) {
                    missionLog.reject(record, "", "the event is as JSON longer than " + MOST_BYTES + " characters");
                    return;
                }
                ObjectNode message = (ObjectNode) JSON.readTree(met.json());
                book.event(met, new Trigger.Source(record.topic(), record.partition(), record.offset(), message), now);
            }
        } catch (InvalidProtocolBufferException | JsonProcessingException | IllegalArgumentException e) {
            missionLog.reject(record, "", "the event is none of the topic's contract: " + e.getMessage());
        }
    }

    private void take(MissionCommand command, ConsumerRecord<byte[], byte[]> record, Instant now) {
        if (!command.pipeline().equals(context.pipeline().name())
                || !command.hippo().equals(context.hippo().name())) {
            return;
        }
        if (command.action() == MissionCommand.Action.REWIND) {
            rewinds.add(command);
        } else {
            book.orders().take(command, place(record), now);
        }
    }

    /** Goes back in the topics; the offsets of now are replaced. */
    private void rewind(MissionCommand command, Map<TopicPartition, OffsetAndMetadata> offsets, Instant now)
            throws KafkaUnavailable, HippoFailure {
        try {
            Rewinds.Way way = new Rewinds(consumer, settings.topics()).way(command);
            List<Mission> before = Orders.rerun(command) ? missionLog.missions(way::covers) : List.of();
            book.orders().rewound(command, way, before, now);
            way.offsets().forEach(consumer::seek);
            offsets.putAll(way.positions());
        } catch (IllegalArgumentException e) {
            book.orders().notRewound(command, String.valueOf(e.getMessage()));
        }
    }

    /** A command's place; the command itself is in the mission that it starts. */
    private static Trigger.Source place(ConsumerRecord<byte[], byte[]> record) {
        return new Trigger.Source(
                record.topic(), record.partition(), record.offset(), JsonNodeFactory.instance.objectNode());
    }

    private long lag() {
        long lag = 0;
        for (TopicPartition partition : consumer.assignment()) {
            // whoever asks a consumer for the first offset of a partition has it take that for the end, until the next
            // record comes
            lag += Math.max(0, consumer.currentLag(partition).orElse(0));
        }
        return lag;
    }

    void askToStop() {
        stopAsked = true;
        consumer.wakeup();
    }

    /** Ends the jobs, after {@link #run} has returned: those that have not ended by themselves begin again with the next start. */
    void stopJobs() throws InterruptedException, FencedException {
        if (jobs == null) {
            return;
        }
        jobs.stop();
        Instant now = context.clock().instant();
        for (AttemptEnd end = ends.poll(); end != null; end = ends.poll()) {
            if (end.failure() == null) {
                book.attemptEnded(end, now);
            } else {
                book.interrupted(end.mission());
            }
        }
        Changes changes = book.take();
        if (changes.anythingToTell()) {
            missionLog.commit(changes, Map.of(), consumer.groupMetadata());
        }
    }

    /** Lets Kafka go. Jobs that run go on, for the next process to take over. */
    void close() {
        if (jobs != null) {
            jobs.close();
        }
        consumer.close();
        missionLog.close();
    }
}
