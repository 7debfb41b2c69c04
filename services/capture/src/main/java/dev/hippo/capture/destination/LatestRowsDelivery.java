// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.KafkaUnavailable;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Changelog topics, each at its own pace: what was read together is one transaction. Not thread-safe. */
final class LatestRowsDelivery implements Delivery {
    private final Database to;
    private final TopicFeed from;
    private final DeliveryMeters meters;

    LatestRowsDelivery(Database to, TopicFeed from, DeliveryMeters meters) {
        this.to = to;
        this.from = from;
        this.meters = meters;
    }

    @Override
    public int step() throws DatabaseAway, KafkaUnavailable, HippoFailure {
        ConsumerRecords<byte[], byte[]> records = from.poll();
        if (!records.isEmpty()) {
            Map<TopicPartition, StoredOffset> behind = from.behind(records);
            Iterable<ConsumerRecord<byte[], byte[]>> read = records;
            long begun = System.nanoTime();
            meters.took(records);
            to.apply(new Batch(to.tables(), read), behind);
            meters.committed(begun);
        }
        from.tellGroup();
        return records.count();
    }

    @Override
    public String position() {
        return from.position();
    }

    @Override
    public long lag() {
        return from.lag();
    }
}
