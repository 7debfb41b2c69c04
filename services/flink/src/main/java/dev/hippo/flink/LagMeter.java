// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import dev.hippo.wire.KafkaConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures how far a local step is behind its topics, and notes which topics it has read to their end. Not thread-safe. */
final class LagMeter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LagMeter.class);
    /** A transaction leaves a marker behind its last record, which no reader is given. */
    private static final long MARKERS = 2;

    private final Admin admin;
    private final List<String> topics;
    private final String hippo;

    LagMeter(KafkaConnection kafka, List<String> topics, String hippo) {
        Map<String, Object> client = kafka.clientProperties("lag-" + hippo);
        client.put("default.api.timeout.ms", 5_000);
        client.put("request.timeout.ms", 2_500);
        this.admin = Admin.create(client);
        this.topics = List.copyOf(topics);
        this.hippo = hippo;
    }

    /** Records between where the step is and the topics' ends; what it was before while Kafka does not answer. */
    long measure(long before) throws InterruptedException {
        try {
            StepCounters counters = StepCounters.of(hippo);
            Map<String, TopicDescription> described =
                    admin.describeTopics(topics).allTopicNames().get();
            Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(hippo)
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, Long> begins = offsets(described, OffsetSpec.earliest());
            Map<TopicPartition, Long> ends = offsets(described, OffsetSpec.latest());
            Map<String, Long> positions = counters.positions();
            long lag = 0;
            for (String topic : topics) {
                boolean caughtUp = true;
                for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                    TopicPartition partition = end.getKey();
                    if (!partition.topic().equals(topic)) {
                        continue;
                    }
                    OffsetAndMetadata commit = committed.get(partition);
                    long at = Math.max(
                            begins.getOrDefault(partition, 0L),
                            Math.max(
                                    commit == null ? 0 : commit.offset(),
                                    positions.getOrDefault(partition.topic() + "/" + partition.partition(), 0L)));
                    long behind = Math.max(0, end.getValue() - at);
                    lag += behind;
                    caughtUp &= behind <= MARKERS;
                }
                counters.caughtUp(topic, caughtUp);
            }
            return lag;
        } catch (ExecutionException e) {
            log.debug("lag is unknown while Kafka does not answer", e);
            return before;
        }
    }

    private Map<TopicPartition, Long> offsets(Map<String, TopicDescription> described, OffsetSpec which)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        described.forEach((topic, description) -> description
                .partitions()
                .forEach(info -> wanted.put(new TopicPartition(topic, info.partition()), which)));
        Map<TopicPartition, ListOffsetsResultInfo> answer =
                admin.listOffsets(wanted).all().get();
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answer.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
