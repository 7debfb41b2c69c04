// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.Position;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What a hippo has written down of how far it has read its source. */
public final class StoredPositions {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConnection kafka;
    private final String client;
    private final String topic;
    private final byte[] key;

    public StoredPositions(KafkaConnection kafka, String pipeline, String hippo) {
        this.kafka = kafka;
        this.client = "positions-of-" + hippo;
        this.topic = Capture.positionsTopic(pipeline, hippo);
        this.key = (pipeline + "/" + hippo).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The last place up to which everything is in Kafka.
     *
     * @return empty if nothing is
     * @throws HippoFailure if it was written by somebody else
     */
    public Optional<Position> last() throws KafkaUnavailable, HippoFailure {
        return Optional.ofNullable(lastStored()).map(StoredPosition::position);
    }

    @Nullable
    StoredPosition lastStored() throws KafkaUnavailable, HippoFailure {
        byte[] value = null;
        try (TopicReader reader = TopicReader.open(kafka, client, topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    value = Arrays.equals(record.key(), key) ? record.value() : value;
                }
            }
        }
        try {
            return value == null ? null : StoredPosition.fromBytes(value);
        } catch (IOException e) {
            throw new HippoFailure(
                    "the position of this hippo in topic " + topic + " cannot be read: " + e.getMessage()
                            + "; it was written by another version, or by somebody else",
                    e);
        }
    }
}
