// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import java.io.Serializable;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a step's tasks need to know it. It travels with the job, so it holds the contract as bytes.
 *
 * @param contracts a serialised {@code FileDescriptorSet}
 * @param contract the message's full name
 * @param key the key field, null for none
 * @param time the event-time field, null for none
 * @param client how to reach Kafka
 * @param hippo {@code pipeline-hippo}: consumer group and prefix of transactional ids
 */
record TopicBinding(
        String topic,
        byte[] contracts,
        String contract,
        @Nullable String key,
        @Nullable String time,
        boolean changelog,
        Map<String, String> client,
        String hippo)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    Descriptor descriptor() {
        return compiled().descriptor();
    }

    Contract compiled() {
        try {
            return ContractCatalog.of(FileDescriptorSet.parseFrom(contracts, ContractCatalog.options()))
                    .contract(contract)
                    .orElseThrow(() -> new IllegalStateException("contract " + contract + " is not in the job"));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException("the job's contracts cannot be read", e);
        }
    }

    Properties clientProperties() {
        Properties properties = new Properties();
        properties.putAll(client);
        return properties;
    }

    String rejectedTopic() {
        return topic + ".rejected";
    }
}
