// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** A topic as the door sees it: its contract, its key, and the headers that all its events share. Thread-safe. */
final class DoorTopic {
    private final TopicSpec spec;
    private final Contract contract;
    private final @Nullable KeyReader key;
    private final Header[] shared;

    DoorTopic(TopicSpec spec, Contract contract, String source) {
        this.spec = spec;
        this.contract = contract;
        String keyField = spec.key();
        this.key = keyField == null ? null : contract.key(keyField);
        this.shared = new Header[] {
            header(EventHeaders.SPEC_VERSION, "1.0"),
            header(EventHeaders.SOURCE, source),
            header(EventHeaders.TYPE, contract.name()),
            header(EventHeaders.CONTENT_TYPE, "application/protobuf"),
        };
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return spec.name();
    }

    String rejectedTopic() {
        return spec.rejectedTopic();
    }

    Contract contract() {
        return contract;
    }

    /** The record key of an event, null when the topic has none. */
    byte @Nullable [] key(byte[] event) {
        return key == null ? null : key.read(event, 0, event.length);
    }

    /** The headers that every event of the topic has; not to be changed. */
    Header[] sharedHeaders() {
        return shared;
    }
}
