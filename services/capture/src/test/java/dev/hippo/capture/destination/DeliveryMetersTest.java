// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.Timestamp;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.wire.EventHeaders;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** How old changes are when the database has them. */
class DeliveryMetersTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final DeliveryMeters meters = new DeliveryMeters(registry, () -> NOW);

    /** A record that was written a minute ago. */
    private static ConsumerRecord<byte[], byte[]> record(long offset, String committedAt) {
        RecordHeaders headers = new RecordHeaders();
        if (!committedAt.isEmpty()) {
            headers.add(EventHeaders.COMMITTED_AT, committedAt.getBytes(StandardCharsets.UTF_8));
        }
        return new ConsumerRecord<>(
                "rows",
                0,
                offset,
                NOW.minusSeconds(60).toEpochMilli(),
                TimestampType.CREATE_TIME,
                1,
                1,
                new byte[1],
                new byte[1],
                headers,
                Optional.empty());
    }

    private void took(List<ConsumerRecord<byte[], byte[]>> records) {
        meters.took(new ConsumerRecords<>(Map.of(new TopicPartition("rows", 0), records), Map.of()));
    }

    private long count() {
        return registry.get("hippo.destination.lag").timer().count();
    }

    @Test
    void aChangeIsAsOldAsItsCommitWhenTheDatabaseHasIt() {
        assertThat(meters.longLag()).isEqualTo(-1);
        took(List.of(record(0, "2026-11-22T09:59:58Z")));
        assertThat(count()).as("it is not there yet").isZero();
        meters.committed(System.nanoTime());
        assertThat(count()).isEqualTo(1);
        assertThat(meters.longLag()).isCloseTo(2, within(0.1));
        assertThat(registry.scrape())
                .contains("hippo_destination_lag_seconds{quantile=\"0.5\"}")
                .contains("hippo_destination_lag_seconds{quantile=\"0.99\"}");
    }

    @Test
    void whereNobodySaysWhenItIsFromItsRecordOn() {
        took(List.of(record(0, ""), record(1, "some day")));
        meters.committed(System.nanoTime());
        assertThat(count()).isEqualTo(2);
        assertThat(meters.longLag()).isCloseTo(60, within(3.0));
    }

    @Test
    void ofManyThatAreReadTogetherSomeAreMeasuredAndNoneTwice() {
        List<ConsumerRecord<byte[], byte[]>> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add(record(i, "2026-11-22T10:00:01Z"));
        }
        took(many);
        meters.forget();
        took(many);
        meters.committed(System.nanoTime());
        assertThat(count()).isEqualTo(100);
        assertThat(meters.longLag()).as("the clock of the source is ahead").isBetween(0.0, 0.001);
    }

    @Test
    void aTimeThatNobodyKnowsIsNotMeasured() {
        took(List.of(record(0, "1970-01-01T00:00:00Z"), record(1, "0001-01-01T00:00:00Z")));
        ConsumerRecord<byte[], byte[]> asked = record(2, "");
        meters.took(asked, ChangeEvent.getDefaultInstance());
        meters.took(
                asked,
                ChangeEvent.newBuilder()
                        .setCommittedAt(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE))
                        .build());
        meters.committed(System.nanoTime());
        assertThat(count()).isEqualTo(4);
        assertThat(meters.longLag()).as("from their records").isCloseTo(60, within(3.0));
        ConsumerRecord<byte[], byte[]> untimed = new ConsumerRecord<>("rows", 0, 3, new byte[1], new byte[1]);
        took(List.of(untimed));
        meters.committed(System.nanoTime());
        assertThat(count()).isEqualTo(4);
    }

    @Test
    void whatIsOlderThanThirtyDaysIsAsOldAsThat() {
        took(List.of(record(0, "1971-01-01T00:00:00Z")));
        meters.committed(System.nanoTime());
        double thirty = Duration.ofDays(30).toSeconds();
        assertThat(registry.get("hippo.destination.lag").timer().max(TimeUnit.SECONDS))
                .isEqualTo(thirty);
        assertThat(meters.longLag()).isCloseTo(thirty, within(thirty / 10));
    }

    @Test
    void afterSomeMinutesWithoutAChangeThereIsNoLag() {
        MockClock time = new MockClock();
        DeliveryMeters idle = new DeliveryMeters(new SimpleMeterRegistry(SimpleConfig.DEFAULT, time), () -> NOW);
        idle.took(record(0, ""), ChangeEvent.getDefaultInstance());
        idle.committed(System.nanoTime());
        assertThat(idle.longLag()).isCloseTo(60, within(3.0));
        time.add(Duration.ofMinutes(10));
        assertThat(idle.longLag()).isEqualTo(-1);
    }
}
