// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what the mission book decides: the missions' states, the messages about them and the offsets of what was read, in one Kafka transaction. A
 * second process of the same hippo takes the right to write from the first. Not thread-safe.
 */
final class MissionLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MissionLog.class);
    private static final int MOST_KEPT_BYTES = 512 << 10;
    private static final Duration POLL = Duration.ofMillis(200);

    private final HippoContext context;
    private final String prefix;
    private final KafkaProducer<byte[], byte[]> producer;
    private boolean begun;

    MissionLog(HippoContext context) {
        this.context = context;
        this.prefix = context.pipeline().name() + "/" + context.hippo().name() + "/";
        Map<String, Object> client =
                context.kafka().clientProperties("missions-" + context.hippo().name());
        client.put("transactional.id", "hippo/" + prefix + "missions");
        client.put("acks", "all");
        client.put("linger.ms", 0);
        client.put("transaction.timeout.ms", 30_000);
        // the broker says "not yet" while it completes the transaction before, which takes a few milliseconds and not
        // the usual hundred
        client.put("retry.backoff.ms", 5);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Ends what an earlier process had begun and keeps it from writing any more. */
    void takeOver() {
        producer.initTransactions();
    }

    /**
     * Reads back what was written about this hippo's missions.
     *
     * @return whether the process before this one ran here, so that its jobs may still run; true too when there was none
     */
    boolean restore(MissionBook book) throws KafkaUnavailable, HippoFailure, IOException {
        Map<String, byte[]> states = states();
        String here = Whereabouts.of(context.state());
        byte[] place = states.remove(placeKey());
        String before = place == null ? here : new String(place, StandardCharsets.UTF_8);
        for (Map.Entry<String, byte[]> state : states.entrySet()) {
            String key = state.getKey().substring(prefix.length());
            try {
                if (key.startsWith("gathering/")) {
                    book.restore(Gathering.fromBytes(state.getValue()));
                } else if (key.startsWith("schedule/")) {
                    book.restore(ScheduleMark.fromBytes(state.getValue()));
                } else if (key.startsWith("closing/")) {
                    book.restore(OpenPartitions.fromBytes(state.getValue()));
                } else if (key.equals("control")) {
                    book.restore(HippoControl.fromBytes(state.getValue()));
                } else {
                    book.restore(Mission.fromBytes(state.getValue()));
                }
            } catch (IOException e) {
                throw unreadable(state.getKey(), e);
            }
        }
        log.info(
                "Restored records={} open={} from={}",
                states.size(),
                book.open().size(),
                before);
        return before.equals(here);
    }

    private String placeKey() {
        return prefix + "place";
    }

    /** Writes with the next {@link #commit} that the hippo runs here now. */
    void placed(Changes changes) throws IOException {
        changes.states().put(placeKey(), Whereabouts.of(context.state()).getBytes(StandardCharsets.UTF_8));
    }

    /** This hippo's missions that are asked for, as far as they are written. */
    List<Mission> missions(Predicate<Mission> asked) throws KafkaUnavailable, HippoFailure {
        List<Mission> missions = new ArrayList<>();
        for (Map.Entry<String, byte[]> state : states().entrySet()) {
            if (state.getKey().startsWith(prefix + "mission/")) {
                try {
                    Mission mission = Mission.fromBytes(state.getValue());
                    if (asked.test(mission)) {
                        missions.add(mission);
                    }
                } catch (IOException e) {
                    throw unreadable(state.getKey(), e);
                }
            }
        }
        return missions;
    }

    private static HippoFailure unreadable(String key, IOException e) {
        return new HippoFailure(
                "the record '" + key + "' of topic " + ControlTopics.MISSIONS + " cannot be read: " + e.getMessage()
                        + "; it was written by another version, or by somebody else",
                e);
    }

    private Map<String, byte[]> states() throws KafkaUnavailable {
        Map<String, byte[]> states = new LinkedHashMap<>();
        String client = "missions-of-" + context.hippo().name();
        try (TopicReader reader = TopicReader.open(context.kafka(), client, ControlTopics.MISSIONS)) {
            // the topic is shared: another hippo that died may have left a transaction open before our last one
            reader.startWhole();
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    String key = new String(record.key(), StandardCharsets.UTF_8);
                    if (key.startsWith(prefix)) {
                        states.put(key, record.value());
                    }
                }
            }
        }
        return states;
    }

    /** Keeps a message that cannot be read, with the reason; it goes out with the next {@link #commit}. */
    void reject(ConsumerRecord<byte[], byte[]> record, String field, String because) {
        begin();
        byte[] value = record.value();
        // with the reasons a large one would be larger than Kafka takes; it stays where it is
        boolean fits = value == null || value.length <= MOST_KEPT_BYTES;
        ProducerRecord<byte[], byte[]> kept =
                new ProducerRecord<>(Batch.REJECTED_TOPIC, null, record.key(), fits ? value : null);
        String place = record.topic() + "/" + record.partition() + "/" + record.offset();
        header(kept, EventHeaders.REJECTED_AT, place);
        header(kept, EventHeaders.REJECTED_BY, context.hippo().name());
        header(kept, EventHeaders.REJECTED_BECAUSE, Reasons.json(field, "notice", because));
        producer.send(kept);
        context.progress().rejected(1);
        log.warn("Rejected a message at={} reason={}", place, because);
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private void begin() {
        if (!begun) {
            producer.beginTransaction();
            begun = true;
        }
    }

    /**
     * Writes all of it, or nothing.
     *
     * @param offsets of the messages that led to it: the next to read
     * @throws FencedException if another process has taken over this hippo
     */
    void commit(Changes changes, Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group)
            throws FencedException {
        try {
            begin();
            changes.states().forEach((key, value) -> send(ControlTopics.MISSIONS, key, value));
            changes.starts()
                    .forEach(mission -> send(ControlTopics.START, mission.hippo(), MissionMessages.start(mission)));
            changes.finishes()
                    .forEach(mission -> send(ControlTopics.FINISH, mission.hippo(), MissionMessages.finish(mission)));
            if (!offsets.isEmpty()) {
                producer.sendOffsetsToTransaction(offsets, group);
            }
            producer.commitTransaction();
            begun = false;
        } catch (ProducerFencedException e) {
            throw new FencedException(
                    "another process runs hippo '" + context.hippo().name() + "' of pipeline '"
                            + context.pipeline().name() + "' now; this one ends",
                    e);
        }
    }

    private void send(String topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
