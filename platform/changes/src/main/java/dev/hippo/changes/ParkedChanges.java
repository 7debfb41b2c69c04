// SPDX-License-Identifier: Apache-2.0
package dev.hippo.changes;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.change.v1.ChangeEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The rows of one group whose changes were not taken, in a topic of their own that keeps them until somebody has looked after them. A record is a change, its key the row, the header
 * {@code hippo_parked_because} the reason; a record without a value says that the row is released. Thread-safe.
 */
public final class ParkedChanges implements AutoCloseable {
    /** Of all rows together: more are no accident of some rows. */
    static final int MOST_CHANGES = 10_000;

    private static final String BECAUSE = "hippo_parked_because";
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Object> client;
    private final TopicPartition partition;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<RowKey, Row> rows = new LinkedHashMap<>();
    private int changes;

    private static final class Row {
        private final String because;
        private final List<ChangeEvent> changes = new ArrayList<>();

        Row(String because) {
            this.because = because;
        }
    }

    /**
     * Opens a topic of parked changes; makes it if it is not there.
     *
     * @param client how to reach Kafka, by Kafka's names: at least {@code bootstrap.servers}
     * @param topic of one partition, and of one group alone
     * @throws KafkaException if Kafka does not answer, or the topic has more partitions
     */
    public ParkedChanges(Map<String, Object> client, String topic) {
        this.client = Map.copyOf(client);
        this.partition = new TopicPartition(topic, 0);
        ensure(topic);
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("acks", "all");
        settings.put("linger.ms", 0);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        load();
    }

    private void ensure(String topic) {
        try (Admin admin = Admin.create(client)) {
            NewTopic wanted = new NewTopic(topic, Optional.of(1), Optional.empty())
                    .configs(Map.of("retention.ms", "-1", "retention.bytes", "-1"));
            admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new KafkaException("topic " + topic + " of parked changes cannot be made", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while making topic " + topic, e);
        }
    }

    /** Reads what the topic has, which another client of the group may have written. */
    void load() {
        Map<String, Object> settings = new HashMap<>(client);
        settings.put("enable.auto.commit", false);
        settings.put("allow.auto.create.topics", false);
        settings.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            int partitions = consumer.partitionsFor(partition.topic()).size();
            if (partitions != 1) {
                throw new KafkaException("topic " + partition.topic() + " has " + partitions
                        + " partitions, and parked changes need one that keeps their order");
            }
            List<TopicPartition> all = List.of(partition);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            long end = consumer.endOffsets(all).getOrDefault(partition, 0L);
            synchronized (this) {
                rows.clear();
                changes = 0;
                while (consumer.position(partition) < end) {
                    consumer.poll(POLL).forEach(this::read);
                }
            }
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> entry) {
        try {
            RowKey key = RowKey.fromBytes(entry.key());
            if (entry.value() == null) {
                forget(key);
                return;
            }
            Header because = entry.headers().lastHeader(BECAUSE);
            add(
                    key,
                    ChangeEvent.parseFrom(entry.value()),
                    because == null ? "" : new String(because.value(), StandardCharsets.UTF_8));
        } catch (InvalidProtocolBufferException e) {
            throw new KafkaException(
                    "the record at " + entry.topic() + "/" + entry.partition() + "/" + entry.offset()
                            + " is no parked change: " + e.getMessage() + "; somebody else writes to that topic",
                    e);
        }
    }

    private void add(RowKey key, ChangeEvent change, String because) {
        rows.computeIfAbsent(key, row -> new Row(because)).changes.add(change);
        changes++;
    }

    private void forget(RowKey key) {
        Row row = rows.remove(key);
        changes -= row == null ? 0 : row.changes.size();
    }

    /** The rows that are parked, in the order in which they came. */
    public synchronized List<ParkedRow> rows() {
        List<ParkedRow> all = new ArrayList<>();
        rows.forEach((key, row) -> all.add(new ParkedRow(key.table(), key.key(), row.because, row.changes)));
        return all;
    }

    synchronized boolean has(RowKey key) {
        return rows.containsKey(key);
    }

    /** What is parked of a row; nothing if it is not. */
    synchronized List<ChangeEvent> of(RowKey key) {
        Row row = rows.get(key);
        return row == null ? List.of() : List.copyOf(row.changes);
    }

    /**
     * Parks a change, and with it what will come for its row; one that is parked already is not parked twice. Returns when Kafka has it.
     *
     * @throws KafkaException if Kafka did not take it, or too many are parked
     */
    synchronized void park(ChangeEvent change, String because) {
        RowKey key = RowKey.of(change);
        if (of(key).stream().anyMatch(parked -> isSame(parked, change))) {
            return;
        }
        if (changes >= MOST_CHANGES) {
            throw new KafkaException(changes + " changes are parked in topic " + partition.topic()
                    + ", and more are no accident of some rows; look after them, replay or discard them");
        }
        send(new ProducerRecord<>(
                partition.topic(),
                0,
                key.toBytes(),
                change.toByteArray(),
                List.of(new RecordHeader(BECAUSE, because.getBytes(StandardCharsets.UTF_8)))));
        add(key, change, because);
    }

    /** Told again after a death or a failure. */
    private static boolean isSame(ChangeEvent one, ChangeEvent other) {
        return one.getTransaction().getId().equals(other.getTransaction().getId())
                && one.getTransaction().getIndex() == other.getTransaction().getIndex();
    }

    /**
     * Says that a row is looked after. Returns when Kafka has it.
     *
     * @throws KafkaException if Kafka did not take it
     */
    synchronized void release(RowKey key) {
        send(new ProducerRecord<>(partition.topic(), 0, key.toBytes(), null));
        forget(key);
    }

    private void send(ProducerRecord<byte[], byte[]> entry) {
        try {
            producer.send(entry).get();
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + partition.topic() + " did not take a parked change", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while parking a change", e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
