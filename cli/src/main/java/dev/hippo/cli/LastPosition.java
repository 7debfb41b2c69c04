// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** How far a database was read by a hippo that does not run now, by what it has written down. */
final class LastPosition {
    private static final Duration POLL = Duration.ofMillis(200);

    private LastPosition() {}

    /**
     * The last that was written: {@code position} in the source's own words, {@code committed_at} of the last transaction before it.
     *
     * @return empty if the hippo has read nothing yet
     */
    static Optional<JsonNode> of(KafkaConnection kafka, String pipeline, String hippo)
            throws KafkaUnavailable, IOException {
        byte[] key = (pipeline + "/" + hippo).getBytes(StandardCharsets.UTF_8);
        byte[] last = null;
        try (TopicReader reader = TopicReader.open(kafka, "hippo-sources", Capture.positionsTopic(pipeline, hippo))) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    last = Arrays.equals(record.key(), key) ? record.value() : last;
                }
            }
        }
        return last == null ? Optional.empty() : Optional.of(new ObjectMapper().readTree(last));
    }
}
