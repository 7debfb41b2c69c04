// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.wire.EventHeaders;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * How long commits take, and how old changes are when the database has them: from their commit in the source. That is measured as 1 us to 30 days, whatever the clocks say; a time that is not behind
 * {@link Instant#EPOCH} is none. Of many changes that are read together some are measured, one in so many. Used by one thread; {@link #longLag} by any.
 */
final class DeliveryMeters {
    /** Of the changes of a partition that are read together. */
    private static final int MOST_SAMPLES = 100;

    /** 0 is what is measured when there is nothing. */
    private static final Duration LEAST = Duration.ofNanos(1_000);

    private static final Duration MOST = Duration.ofDays(30);
    private static final double LONG = 0.99;

    private final Timer commits;
    private final Timer lag;
    private final InstantSource clock;
    private final List<Instant> waiting = new ArrayList<>();

    DeliveryMeters(MeterRegistry meters, InstantSource clock) {
        this.clock = clock;
        this.commits = Timer.builder("hippo.destination.commit").register(meters);
        this.lag = Timer.builder("hippo.destination.lag")
                .publishPercentiles(0.5, LONG)
                .register(meters);
    }

    /** Takes the times of changes that are not in the database yet. */
    void took(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
            int step = (read.size() + MOST_SAMPLES - 1) / MOST_SAMPLES;
            for (int i = 0; i < read.size(); i += step) {
                took(committedAt(read.get(i)), read.get(i));
            }
        }
    }

    private static Instant committedAt(ConsumerRecord<byte[], byte[]> record) {
        Header told = record.headers().lastHeader(EventHeaders.COMMITTED_AT);
        if (told != null && told.value() != null) {
            try {
                return Instant.parse(new String(told.value(), StandardCharsets.UTF_8));
            } catch (DateTimeException e) {
                return Instant.EPOCH;
            }
        }
        return Instant.EPOCH;
    }

    /** Takes the time of a change that is not in the database yet. */
    void took(ConsumerRecord<byte[], byte[]> record, ChangeEvent change) {
        Timestamp told = change.getCommittedAt();
        try {
            took(Instant.ofEpochSecond(told.getSeconds(), told.getNanos()), record);
        } catch (DateTimeException | ArithmeticException e) {
            took(Instant.EPOCH, record);
        }
    }

    /** When the source committed it, or when it was written where nobody knows that. */
    private void took(Instant committedAt, ConsumerRecord<byte[], byte[]> record) {
        Instant begun = committedAt.isAfter(Instant.EPOCH) ? committedAt : Instant.ofEpochMilli(record.timestamp());
        if (begun.isAfter(Instant.EPOCH)) {
            waiting.add(begun);
        }
    }

    /** All changes that were taken are in the database. */
    void committed(long begunNanos) {
        commits.record(System.nanoTime() - begunNanos, TimeUnit.NANOSECONDS);
        Instant now = clock.instant();
        for (Instant committedAt : waiting) {
            Duration age = Duration.between(committedAt, now);
            lag.record(age.compareTo(LEAST) < 0 ? LEAST : age.compareTo(MOST) > 0 ? MOST : age);
        }
        waiting.clear();
    }

    /** The changes that were taken are read again. */
    void forget() {
        waiting.clear();
    }

    /** In seconds, what nearly all changes of the last minutes took; -1 where there were none. */
    double longLag() {
        for (ValueAtPercentile each : lag.takeSnapshot().percentileValues()) {
            if (each.percentile() == LONG && each.value() > 0) {
                return each.value(TimeUnit.SECONDS);
            }
        }
        return -1;
    }
}
