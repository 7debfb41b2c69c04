// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** One topic that the door writes, and what all its records have in common. Thread-safe. */
public abstract sealed class DoorTopic permits PublishedTopic, NoticeTopic {
    private final TopicMeters meters;
    private final Header source;
    private final Header type;
    private final Header contentType;

    DoorTopic(String source, String type, Header contentType, TopicMeters meters) {
        this.meters = meters;
        this.source = new RecordHeader(EventHeaders.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        this.type = new RecordHeader(EventHeaders.TYPE, type.getBytes(StandardCharsets.UTF_8));
        this.contentType = contentType;
    }

    public abstract String name();

    /** Where what is refused goes, if it is kept. */
    abstract String rejectedTopic();

    final TopicMeters meters() {
        return meters;
    }

    final Header source() {
        return source;
    }

    final Header type() {
        return type;
    }

    final Header contentType() {
        return contentType;
    }
}
