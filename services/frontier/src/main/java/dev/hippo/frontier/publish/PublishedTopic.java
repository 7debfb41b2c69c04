// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.RuleChecker;
import dev.hippo.pipeline.TopicSpec;
import org.jspecify.annotations.Nullable;

/** One topic that the door publishes: its contract, its key and what all its records have in common. Thread-safe. */
public final class PublishedTopic extends DoorTopic {
    private final TopicSpec spec;
    private final Contract contract;
    private final RuleChecker rules;
    private final @Nullable KeyReader key;

    PublishedTopic(TopicSpec spec, Contract contract, String source, TopicMeters meters) {
        super(source, contract.name(), Records.PROTOBUF, meters);
        this.spec = spec;
        this.contract = contract;
        this.rules = contract.rules();
        this.key = spec.key().isEmpty() ? null : contract.key(spec.key());
    }

    @Override
    public String name() {
        return spec.name();
    }

    public Contract contract() {
        return contract;
    }

    /** Whether a key's event can be deleted. */
    boolean changelog() {
        return spec.changelog();
    }

    @Override
    String rejectedTopic() {
        return spec.rejectedTopic();
    }

    RuleChecker rules() {
        return rules;
    }

    @Nullable
    KeyReader key() {
        return key;
    }
}
