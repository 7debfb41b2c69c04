// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.pipeline.HippoSettings;

/** A topic on which the door tells that tables are ready. Thread-safe. */
public final class NoticeTopic extends DoorTopic {
    /** The CloudEvents type of a notice. */
    public static final String TYPE = "dev.hippo.notice";

    private final String name;
    private final NoticeKeys keys;

    NoticeTopic(String name, String source, TopicMeters meters, NoticeKeys keys) {
        super(source, TYPE, Records.JSON_TYPE, meters);
        this.name = name;
        this.keys = keys;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    String rejectedTopic() {
        return HippoSettings.Batch.REJECTED_TOPIC;
    }

    NoticeKeys keys() {
        return keys;
    }
}
