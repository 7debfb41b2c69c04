// SPDX-License-Identifier: Apache-2.0
package dev.hippo.wire;

import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * How to reach the pipeline's Kafka.
 *
 * @param bootstrapServers as in Kafka's configuration
 * @param properties further client properties; may hold secrets
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> properties) {
    public KafkaConnection {
        properties = Map.copyOf(properties);
    }

    /** The file in which the embedded broker's port is kept, so that it is the same after a restart. */
    public static Path portFile(StateFolder state) {
        return state.root().resolve("kafka.port");
    }

    /**
     * Finds the pipeline's Kafka.
     *
     * @throws IOException if the embedded broker was never started in this state folder
     */
    public static KafkaConnection of(PipelineSpec pipeline, StateFolder state) throws IOException {
        if (pipeline.kafka() instanceof KafkaSpec.Cluster cluster) {
            return new KafkaConnection(cluster.bootstrapServers(), cluster.properties());
        }
        Path port = portFile(state);
        if (!Files.exists(port)) {
            throw new IOException("the embedded Kafka of pipeline '" + pipeline.name()
                    + "' has not been started; start it with 'hippo up'");
        }
        return new KafkaConnection("127.0.0.1:" + Files.readString(port).strip(), Map.of());
    }

    /** Client properties, to which the caller adds its own. */
    public Map<String, Object> clientProperties(String clientId) {
        Map<String, Object> client = new HashMap<>(properties);
        client.put("bootstrap.servers", bootstrapServers);
        client.put("client.id", clientId);
        return client;
    }

    /** A client that asks and orders. */
    public Admin admin(Map<String, Object> client) throws KafkaUnavailable {
        try {
            return Admin.create(client);
        } catch (KafkaException e) {
            throw unusable(e);
        }
    }

    /** What to say when a client does not even start: at an address that nobody knows, or a property of which it can make nothing. */
    KafkaUnavailable unusable(KafkaException failure) {
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return new KafkaUnavailable(
                "no Kafka client can be made for " + bootstrapServers + ": " + reason.getMessage()
                        + "; mend 'kafka' in the pipeline file",
                failure);
    }

    /** Names the servers only: properties may be secret. */
    @Override
    public String toString() {
        return "KafkaConnection[" + bootstrapServers + "]";
    }
}
