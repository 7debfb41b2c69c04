// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.pull.TopicRows;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The records of a topic of latest rows. */
final class KafkaRows implements TopicRows {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConnection kafka;
    private final String client;
    private final String topic;

    KafkaRows(KafkaConnection kafka, String client, String topic) {
        this.kafka = kafka;
        this.client = client;
        this.topic = topic;
    }

    @Override
    public void tell(Listener to) throws SourceFailure, IOException {
        try (TopicReader reader = TopicReader.open(kafka, client, topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    to.record(record.key(), record.value());
                }
            }
        } catch (KafkaUnavailable e) {
            throw new SourceFailure(SourceFailure.Kind.PASSING, String.valueOf(e.getMessage()), e);
        }
    }
}
