// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hippo.wire.EventHeaders;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        assertThat(meters.longLag()).as("the clock of the source is ahead").isZero();
    }
}
