// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.JsonRefusedException;
import dev.hippo.contracts.Violation;
import dev.hippo.frontier.publish.ExtraHeaders;
import dev.hippo.frontier.publish.PublishedTopic;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Submission;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event as it came by HTTP.
 *
 * @param raw its bytes: protobuf, JSON, or what was sent instead of either
 * @param encoding how to read them
 * @param id the sender's id, null for none
 * @param headers record headers that the sender asks for
 * @param deletion whether it deletes what its key holds
 * @param objection why it cannot be an event at all, null if it may be one
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record IncomingEvent(
        byte[] raw,
        Encoding encoding,
        @Nullable String id,
        Map<String, String> headers,
        boolean deletion,
        @Nullable String objection) {

    /** How an event is encoded. */
    enum Encoding {
        PROTOBUF,
        JSON
    }

    IncomingEvent {
        headers = Map.copyOf(headers);
    }

    static IncomingEvent json(byte[] raw) {
        return new IncomingEvent(raw, Encoding.JSON, null, Map.of(), false, null);
    }

    static IncomingEvent broken(byte[] raw, String objection) {
        return new IncomingEvent(raw, Encoding.JSON, null, Map.of(), false, objection);
    }

    /** The same as the deletion of what its key holds. */
    IncomingEvent asDeletion() {
        return new IncomingEvent(raw, encoding, id, headers, true, objection);
    }

    /** Adds the event to a submission: as protobuf bytes, or as refused. */
    void addTo(Submission submission, PublishedTopic topic, byte[] standardId) {
        byte[] eventId = id == null ? standardId : id.getBytes(StandardCharsets.UTF_8);
        String badHeader = headers.keySet().stream()
                .map(ExtraHeaders::objection)
                .filter(said -> said != null)
                .findFirst()
                .orElse(null);
        if (objection != null || badHeader != null) {
            String reason = objection == null ? String.valueOf(badHeader) : objection;
            String path = objection == null ? "headers" : "";
            Refusal refusal = new Refusal(
                    Refusal.Code.INVALID,
                    reason,
                    List.of(new Violation(path, path.isEmpty() ? "parse" : path, reason)));
            submission.unreadable(raw, "application/json", eventId, List.of(), refusal);
        } else if (encoding == Encoding.PROTOBUF) {
            addBytes(submission, raw, eventId);
        } else {
            addJson(submission, topic.contract(), eventId);
        }
    }

    private void addJson(Submission submission, Contract contract, byte[] eventId) {
        byte[] message;
        try {
            message = contract.json().toBytes(raw);
        } catch (JsonRefusedException e) {
            Refusal refusal = Refusal.invalid(contract.name(), e.violations());
            submission.unreadable(raw, "application/json", eventId, ExtraHeaders.of(headers), refusal);
            return;
        }
        addBytes(submission, message, eventId);
    }

    private void addBytes(Submission submission, byte[] message, byte[] eventId) {
        if (deletion) {
            submission.deletion(message, 0, message.length, eventId, ExtraHeaders.of(headers));
        } else {
            submission.event(message, 0, message.length, eventId, ExtraHeaders.of(headers));
        }
    }
}
