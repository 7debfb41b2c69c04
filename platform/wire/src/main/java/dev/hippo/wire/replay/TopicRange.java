// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * From which offset to which, the last not included, by partition of one topic.
 *
 * @param spans partitions of which nothing is meant are left out
 */
public record TopicRange(String topic, Map<Integer, Span> spans) {
    private static final Duration POLL = Duration.ofMillis(200);

    /** From an offset up to another, not included. */
    public record Span(long from, long to) {}

    public TopicRange {
        spans = Map.copyOf(spans);
    }

    /**
     * Finds the offsets.
     *
     * @throws ReplayRefused if some of what is asked for is deleted, or the range is empty in itself
     */
    static TopicRange find(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions, ReplayPoint from, ReplayPoint to)
            throws ReplayRefused {
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Map<TopicPartition, Long> firsts = offsets(consumer, begins, ends, from);
        Map<TopicPartition, Long> lasts = offsets(consumer, begins, ends, to);
        Map<Integer, Span> spans = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            long begin = begins.getOrDefault(partition, 0L);
            long first = firsts.getOrDefault(partition, begin);
            long last = Math.min(lasts.getOrDefault(partition, begin), ends.getOrDefault(partition, begin));
            if (first < last) {
                spans.put(partition.partition(), new Span(first, last));
            }
        }
        for (Map.Entry<Integer, Span> span : spans.entrySet()) {
            TopicPartition partition = new TopicPartition(partitions.get(0).topic(), span.getKey());
            whole(consumer, partition, begins.getOrDefault(partition, 0L), from, span.getValue());
        }
        return new TopicRange(partitions.get(0).topic(), spans);
    }

    private static Map<TopicPartition, Long> offsets(
            Consumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends,
            ReplayPoint point) {
        if (point instanceof ReplayPoint.Earliest) {
            return begins;
        }
        if (point instanceof ReplayPoint.At at) {
            Map<TopicPartition, Long> asked = new HashMap<>();
            begins.keySet().forEach(partition -> asked.put(partition, at.time().toEpochMilli()));
            Map<TopicPartition, Long> offsets = new HashMap<>(ends);
            for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                    consumer.offsetsForTimes(asked).entrySet()) {
                if (found.getValue() != null) {
                    offsets.put(found.getKey(), found.getValue().offset());
                }
            }
            return offsets;
        }
        if (point instanceof ReplayPoint.Offset offset) {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            begins.keySet().forEach(partition -> offsets.put(partition, offset.offset()));
            return offsets;
        }
        return ends;
    }

    /** What retention has deleted is told and not passed over. */
    private static void whole(
            Consumer<byte[], byte[]> consumer, TopicPartition partition, long begin, ReplayPoint from, Span span)
            throws ReplayRefused {
        if (begin == 0) {
            return;
        }
        if (span.from() < begin) {
            throw new ReplayRefused("offsets " + span.from() + " to " + (begin - 1) + " of " + partition.topic() + "/"
                    + partition.partition() + " are deleted, the first that is there is " + begin
                    + "; replay from there, or from 'earliest'");
        }
        if (from instanceof ReplayPoint.At at && span.from() == begin) {
            Instant first = timeOf(consumer, partition, begin);
            if (first.isAfter(at.time())) {
                throw new ReplayRefused("what " + partition.topic() + "/" + partition.partition()
                        + " had before offset " + begin + " (of " + first + ") is deleted, and " + at.time()
                        + " lies before it; replay from " + first + ", or from 'earliest'");
            }
        }
    }

    private static Instant timeOf(Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset) {
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(Map.of(partition, 0L));
        OffsetAndTimestamp first = found.get(partition);
        return first == null || first.offset() < offset ? Instant.EPOCH : Instant.ofEpochMilli(first.timestamp());
    }

    /** Reads the committed records of the range, from those positions on, batch by batch. */
    void read(Consumer<byte[], byte[]> consumer, Map<Integer, Long> positions, Batch batch) {
        Map<TopicPartition, Span> left = new HashMap<>();
        spans.forEach((shard, span) -> {
            long at = positions.getOrDefault(shard, span.from());
            if (at < span.to()) {
                left.put(new TopicPartition(topic, shard), new Span(at, span.to()));
            }
        });
        consumer.assign(left.keySet());
        // a reader before this one may have paused them
        consumer.resume(left.keySet());
        left.forEach((partition, span) -> consumer.seek(partition, span.from()));
        while (!left.isEmpty()) {
            Map<Integer, Long> reached = new HashMap<>();
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Span span = left.get(new TopicPartition(record.topic(), record.partition()));
                if (span != null && record.offset() < span.to()) {
                    records.add(record);
                }
            }
            left.forEach((partition, span) -> {
                long at = Math.min(consumer.position(partition), span.to());
                if (at > span.from()) {
                    reached.put(partition.partition(), at);
                }
            });
            if (!reached.isEmpty()) {
                if (!batch.take(records, reached)) {
                    return;
                }
                forward(consumer, left, reached);
            }
        }
    }

    private static void forward(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, Span> left, Map<Integer, Long> reached) {
        left.replaceAll((partition, span) -> {
            Long at = reached.get(partition.partition());
            return at == null ? span : new Span(at, span.to());
        });
        left.values().removeIf(span -> span.from() >= span.to());
        // what is read to its end is not fetched any more
        consumer.pause(consumer.assignment().stream()
                .filter(partition -> !left.containsKey(partition))
                .toList());
    }

    /** Is given what was read, and from where each partition that moved goes on; says whether to read on. */
    interface Batch {
        boolean take(List<ConsumerRecord<byte[], byte[]>> records, Map<Integer, Long> reached);
    }

    /** The partitions and their spans, in order. */
    public SortedMap<Integer, Span> sorted() {
        return new TreeMap<>(spans);
    }

    /** Where it begins, as a rewind takes it: {@code topic/partition@offset}, several with commas between. */
    public String begins() {
        return places(Span::from);
    }

    /** Where it ends. */
    public String ends() {
        return places(Span::to);
    }

    private String places(ToLongFunction<Span> end) {
        return sorted().entrySet().stream()
                .map(span -> topic + "/" + span.getKey() + "@" + end.applyAsLong(span.getValue()))
                .collect(Collectors.joining(","));
    }
}
