// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.KeyReader;
import dev.hippo.contracts.Violation;
import dev.hippo.wire.EventHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Events of one topic, checked by its contract. */
public final class Submission extends Flight {
    private final Publisher publisher;
    private final PublishedTopic topic;
    private final Stamp stamp;

    Submission(
            Publisher publisher,
            PublishedTopic topic,
            Stamp stamp,
            int events,
            long reserved,
            Consumer<Outcome> answer) {
        super(publisher, topic, stamp, events, reserved, answer);
        this.publisher = publisher;
        this.topic = topic;
        this.stamp = stamp;
    }

    /**
     * Adds the next event: checks it and sends it. The buffer may be used again afterwards, unless the event is all of it.
     *
     * @param id the caller's id in UTF-8, null to have one made
     * @param extras further headers, which stand before the door's own of the same name
     */
    public void event(byte[] buffer, int offset, int length, byte @Nullable [] id, List<Header> extras) {
        int index = next();
        byte[] eventId = id == null ? stamp.idBytes(index) : id;
        List<Violation> violations;
        byte[] key = null;
        try {
            violations = topic.rules().check(buffer, offset, length);
            if (violations.isEmpty() && topic.key() != null) {
                key = topic.key().read(buffer, offset, length);
            }
        } catch (IllegalStateException | IllegalArgumentException e) {
            refuse(index, new Refusal(Refusal.Code.FAILED, "the event could not be checked: " + e.getMessage()));
            return;
        }
        byte[] value =
                offset == 0 && length == buffer.length ? buffer : Arrays.copyOfRange(buffer, offset, offset + length);
        if (violations.isEmpty()) {
            accepted(index, publisher.records().accepted(topic, stamp, key, value, eventId, extras));
        } else {
            Refusal refusal = Refusal.invalid(topic.contract().name(), violations);
            refused(index, refusal, value, Records.PROTOBUF, eventId, extras);
        }
    }

    /**
     * Adds the deletion of the event of a key as the next event.
     *
     * @param buffer holds an encoded event of which only the key is read
     */
    public void deletion(byte[] buffer, int offset, int length, byte @Nullable [] id, List<Header> extras) {
        int index = next();
        byte[] eventId = id == null ? stamp.idBytes(index) : id;
        KeyReader reader = topic.key();
        if (!topic.changelog() || reader == null) {
            String reason = "topic '" + topic.name() + "' is no changelog: what it holds cannot be deleted";
            refusedDeletion(index, reason, buffer, offset, length, eventId, extras);
            return;
        }
        byte[] key;
        try {
            key = reader.read(buffer, offset, length);
        } catch (IllegalArgumentException e) {
            refusedDeletion(index, String.valueOf(e.getMessage()), buffer, offset, length, eventId, extras);
            return;
        }
        if (reader.isEmpty(key)) {
            refusedDeletion(
                    index, "a deletion needs the field that is the key", buffer, offset, length, eventId, extras);
            return;
        }
        accepted(index, publisher.records().accepted(topic, stamp, key, null, eventId, extras));
    }

    private void refusedDeletion(
            int index, String reason, byte[] buffer, int offset, int length, byte[] id, List<Header> extras) {
        Refusal refusal = new Refusal(Refusal.Code.INVALID, reason, List.of(new Violation("", "delete", reason)));
        refused(index, refusal, Arrays.copyOfRange(buffer, offset, offset + length), Records.PROTOBUF, id, extras);
    }

    /** Adds the next event, which could not even be read as one of the contract. It is kept as it came. */
    public void unreadable(byte[] raw, String contentType, byte @Nullable [] id, List<Header> extras, Refusal refusal) {
        int index = next();
        Header type = Records.header(EventHeaders.CONTENT_TYPE, contentType);
        refused(index, refusal, raw, type, id == null ? stamp.idBytes(index) : id, extras);
    }
}
