// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.Map;

/** Where the pipeline's Kafka is. */
public sealed interface KafkaSpec {
    /**
     * A broker that Hippo starts, in a process of its own.
     *
     * @param port the loopback port; 0 for a free one, chosen at the first start and kept
     */
    record Embedded(int port) implements KafkaSpec {}

    /**
     * A cluster that exists.
     *
     * @param bootstrapServers as in Kafka's configuration
     * @param properties further client properties, secrets resolved
     */
    record Cluster(String bootstrapServers, Map<String, String> properties) implements KafkaSpec {
        public Cluster {
            properties = Map.copyOf(properties);
        }

        /** Names the servers and the property keys only: values may be secrets. */
        @Override
        public String toString() {
            return "Cluster[" + bootstrapServers + ", properties=" + properties.keySet() + "]";
        }
    }
}
