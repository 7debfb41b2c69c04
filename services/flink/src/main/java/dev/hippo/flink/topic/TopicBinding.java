// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a step's tasks need to know it. It travels with the job, so it holds the contract as bytes.
 *
 * @param rejectedTopic where records go that do not parse
 * @param contracts a serialised {@code FileDescriptorSet}
 * @param contract the message's full name
 * @param key the key fields, none if the topic has no key
 * @param time the event-time field, null for none
 * @param subscribed whether the step may read the topic
 * @param start where a step without a checkpoint begins to read
 * @param client how to reach Kafka
 * @param hippo the step's own name
 */
public record TopicBinding(
        String topic,
        String rejectedTopic,
        byte[] contracts,
        String contract,
        List<String> key,
        @Nullable String time,
        boolean changelog,
        boolean subscribed,
        Start start,
        Map<String, String> client,
        String pipeline,
        String hippo)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    public TopicBinding {
        key = List.copyOf(key);
    }

    /** Where a step without a checkpoint begins to read a topic. */
    public enum Start {
        /** With the first record. */
        EARLIEST,
        /** Behind what its consumer group has committed, else with the first record. */
        COMMITTED
    }

    /** The name under which a step is known outside its pipeline: {@code pipeline.hippo}. Neither of the two names has a dot, so no two steps share it. */
    public static String step(String pipeline, String hippo) {
        return pipeline + "." + hippo;
    }

    /** Consumer group, job, and counters of this process. */
    String step() {
        return step(pipeline, hippo);
    }

    /** What the ids of the transactions begin with: no name has a slash, so no two sinks on one Kafka share an id, which would end each other's transactions. */
    String transactions() {
        return step() + "/" + topic;
    }

    /** Where the events that the step writes come from, as the door says it of its own. */
    String source() {
        return "hippo/" + pipeline + "/" + hippo;
    }

    Contract compiled() {
        try {
            return ContractCatalog.of(FileDescriptorSet.parseFrom(contracts, ContractCatalog.options()))
                    .contract(contract)
                    .orElseThrow(() -> new IllegalStateException("contract " + contract + " is not in the job"));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the job's contracts cannot be read", e);
        }
    }

    Properties clientProperties() {
        Properties properties = new Properties();
        properties.putAll(client);
        return properties;
    }
}
