// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.RuleChecker;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** One topic that the door publishes: its contract, its key and what all its records have in common. Thread-safe. */
public final class PublishedTopic {
    private final TopicSpec spec;
    private final Contract contract;
    private final RuleChecker rules;
    private final @Nullable KeyReader key;
    private final TopicMeters meters;
    private final Header source;
    private final Header type;

    PublishedTopic(TopicSpec spec, Contract contract, String source, TopicMeters meters) {
        this.spec = spec;
        this.contract = contract;
        this.rules = contract.rules();
        this.key = spec.key() == null ? null : contract.key(spec.key());
        this.meters = meters;
        this.source = new RecordHeader(EventHeaders.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        this.type = new RecordHeader(EventHeaders.TYPE, contract.name().getBytes(StandardCharsets.UTF_8));
    }

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

    TopicMeters meters() {
        return meters;
    }

    Header source() {
        return source;
    }

    Header type() {
        return type;
    }
}
