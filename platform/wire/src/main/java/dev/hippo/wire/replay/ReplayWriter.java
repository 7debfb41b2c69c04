// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes copies of records and how far they have come in one transaction; the progress stands where a consumer group's does. Not thread-safe. */
final class ReplayWriter implements AutoCloseable {
    private static final int LARGEST = 64 << 20;

    private final String id;
    private final String topic;
    private final String into;
    private final KafkaProducer<byte[], byte[]> producer;

    ReplayWriter(KafkaConnection kafka, String id, String topic, String into) {
        this.id = id;
        this.topic = topic;
        this.into = into;
        Map<String, Object> client = kafka.clientProperties("hippo-replay-" + id);
        client.put("transactional.id", group(id));
        client.put("acks", "all");
        client.put("transaction.timeout.ms", 60_000);
        // what Kafka has taken once it must take again
        client.put("max.request.size", LARGEST);
        client.put("buffer.memory", (long) LARGEST);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static String group(String id) {
        return "hippo-replay-" + id;
    }

    /** Ends what an earlier process had begun and keeps it from writing any more. */
    void takeOver() {
        producer.initTransactions();
    }

    /**
     * What was written about a replay.
     *
     * @param partitions of the topic; asked for one by one, since a list of all leaves out those of which a transaction is not quite over
     */
    static ReplayProgress progress(Admin admin, String id, String topic, int partitions) throws KafkaUnavailable {
        Map<Integer, ReplayProgress.Shard> shards = new HashMap<>();
        List<TopicPartition> asked = IntStream.range(0, partitions)
                .mapToObj(shard -> new TopicPartition(topic, shard))
                .toList();
        try {
            admin.listConsumerGroupOffsets(
                            Map.of(group(id), new ListConsumerGroupOffsetsSpec().topicPartitions(asked)),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(group(id))
                    .get()
                    .forEach((partition, offset) -> {
                        if (partition.topic().equals(topic) && offset != null) {
                            shards.put(
                                    partition.partition(),
                                    ReplayProgress.Shard.parse(offset.offset(), offset.metadata()));
                        }
                    });
        } catch (ExecutionException e) {
            throw new KafkaUnavailable(
                    "Kafka does not tell of the replay '" + id + "': "
                            + (e.getCause() == null ? e : e.getCause()).getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailable("interrupted while asking Kafka", e);
        }
        return new ReplayProgress(shards);
    }

    /** Writes down what is to be done: from here on the same replay has the same range. */
    void begin(ReplayProgress progress) {
        if (!progress.isEmpty()) {
            producer.beginTransaction();
            commit(progress);
        }
    }

    /** Writes copies, and how far they have come. */
    ReplayProgress write(
            ReplayProgress before, List<ConsumerRecord<byte[], byte[]>> records, Map<Integer, Long> reached) {
        producer.beginTransaction();
        Map<Integer, Long> copied = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(
                    into, record.partition(), record.timestamp(), record.key(), record.value(), record.headers());
            copy.headers()
                    .add(
                            Replay.ORIGIN,
                            Replay.header(record.topic() + "/" + record.partition() + "/" + record.offset()));
            producer.send(copy);
            copied.merge(record.partition(), 1L, Long::sum);
        }
        ReplayProgress after = before.with(reached, copied);
        commit(after);
        return after;
    }

    // the group has no consumer whose metadata could be asked for
    @SuppressWarnings("removal")
    private void commit(ReplayProgress progress) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        progress.shards()
                .forEach((shard, state) ->
                        offsets.put(new TopicPartition(topic, shard), new OffsetAndMetadata(state.at(), state.text())));
        producer.sendOffsetsToTransaction(offsets, new ConsumerGroupMetadata(group(id)));
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
