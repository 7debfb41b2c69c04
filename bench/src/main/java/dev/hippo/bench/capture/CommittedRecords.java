// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What comes into a topic by committed transactions. While they come it is only looked at how far the topic is committed, for reading would take a part of the machine; the records are read and
 * counted afterwards. Not thread-safe.
 */
final class CommittedRecords implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Duration POLL = Duration.ofMillis(100);
    /** When nothing more has come for so long, nothing more comes. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final KafkaConsumer<byte[], byte[]> consumer;

    /** How far a topic was committed at a moment, and the CPU that had been used by then. */
    private record Look(long at, long cpu, Map<TopicPartition, Long> ends) {
        long sum() {
            return ends.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** @param consumer of the topic's partitions, which reads what is committed; belongs to this from now on */
    CommittedRecords(KafkaConsumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /**
     * Waits until so many records have come, and tells what the second half of them cost.
     *
     * @param cpu nanoseconds that who writes them has used by now
     * @throws IOException if other than that many records have come
     */
    Cost await(int count, LongSupplier cpu) throws IOException {
        List<Look> looks = new ArrayList<>();
        long begin = 0;
        for (TopicPartition partition : consumer.assignment()) {
            begin += consumer.position(partition);
        }
        looks.add(look(cpu));
        Look last = looks.get(0);
        // the marks of transactions have offsets too
        while (last.sum() - begin < count || System.nanoTime() - last.at() < QUIET.toNanos()) {
            LockSupport.parkNanos(LOOK.toNanos());
            Look next = look(cpu);
            if (next.sum() > last.sum()) {
                looks.add(next);
                last = next;
            }
        }
        long middle = begin + (last.sum() - begin) / 2;
        Look half =
                looks.stream().filter(look -> look.sum() >= middle).findFirst().orElseThrow();
        int counted = behind(half, last, count);
        double seconds = (last.at() - half.at()) / (double) TimeUnit.SECONDS.toNanos(1);
        double micros = (last.cpu() - half.cpu()) / (double) TimeUnit.MICROSECONDS.toNanos(1);
        return counted == 0 ? new Cost(0, 0) : new Cost(counted / seconds, micros / counted);
    }

    private Look look(LongSupplier cpu) {
        Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(consumer.assignment()));
        return new Look(System.nanoTime(), cpu.getAsLong(), ends);
    }

    /** Reads all that has come, and tells how much of it came behind a moment. */
    private int behind(Look half, Look last, int count) throws IOException {
        int all = 0;
        int behind = 0;
        while (last.ends().entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                all++;
                behind += record.offset()
                                >= half.ends().getOrDefault(new TopicPartition(record.topic(), record.partition()), 0L)
                        ? 1
                        : 0;
            }
        }
        if (all != count) {
            throw new IOException(all + " records have come of " + count + " changes");
        }
        return behind;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
