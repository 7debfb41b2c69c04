// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.Violation;
import dev.hippo.frontier.publish.ExtraHeaders;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Submission;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code hippo.door.v1.Batch} and {@code PublishRequest} from their wire bytes: events stay slices of the message, no object is made
 * per event but its id. Not thread-safe.
 */
final class BatchWire {
    private static final int VARINT_1 = 1 << 3;
    private static final int BYTES_1 = 1 << 3 | 2;
    private static final int BYTES_2 = 2 << 3 | 2;
    private static final int BYTES_3 = 3 << 3 | 2;
    private static final int VARINT_4 = 4 << 3;

    private final byte[] bytes;
    private final int eventTag;
    private long sequence;
    private String topic = "";
    private int events;
    private boolean allNamed = true;
    private byte[] lastId = {};

    private BatchWire(byte[] bytes, int eventTag) {
        this.bytes = bytes;
        this.eventTag = eventTag;
    }

    /** Reads a {@code Batch}. */
    static BatchWire batch(byte[] bytes) throws InvalidProtocolBufferException {
        BatchWire batch = new BatchWire(bytes, BYTES_3);
        batch.outline(VARINT_1, BYTES_2);
        return batch;
    }

    /** Reads a {@code PublishRequest}, which must hold one event. */
    static BatchWire single(byte[] bytes) throws InvalidProtocolBufferException {
        BatchWire request = new BatchWire(bytes, BYTES_2);
        request.outline(0, BYTES_1);
        if (request.events != 1) {
            throw new InvalidProtocolBufferException("the request has no 'event'");
        }
        return request;
    }

    private void outline(int sequenceTag, int topicTag) throws InvalidProtocolBufferException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == eventTag) {
                    events++;
                    in.skipRawBytes(in.readRawVarint32());
                } else if (tag == topicTag) {
                    topic = in.readStringRequireUtf8();
                } else if (tag == sequenceTag) {
                    sequence = in.readUInt64();
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    long sequence() {
        return sequence;
    }

    String topic() {
        return topic;
    }

    int events() {
        return events;
    }

    /** The id of the event that was added last, in UTF-8; empty for a made one. */
    byte[] lastId() {
        return lastId;
    }

    /** Whether every event that was added brought its id. */
    boolean allNamed() {
        return allNamed;
    }

    /** Adds every event to the submission. An event without id gets the standard one, or a made one if that is null. */
    void addTo(Submission submission, byte @Nullable [] standardId) throws InvalidProtocolBufferException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == eventTag) {
                    event(in, submission, standardId);
                } else {
                    in.skipField(tag);
                }
            }
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private void event(CodedInputStream in, Submission submission, byte @Nullable [] standardId) throws IOException {
        int length = in.readRawVarint32();
        int end = in.getTotalBytesRead() + length;
        byte[] id = standardId;
        int valueFrom = 0;
        int valueLength = 0;
        boolean delete = false;
        Map<String, String> headers = null;
        while (in.getTotalBytesRead() < end) {
            int tag = in.readTag();
            if (tag == BYTES_1) {
                int size = in.readRawVarint32();
                int from = in.getTotalBytesRead();
                in.skipRawBytes(size);
                id = size == 0 ? standardId : Arrays.copyOfRange(bytes, from, from + size);
            } else if (tag == BYTES_2) {
                valueLength = in.readRawVarint32();
                valueFrom = in.getTotalBytesRead();
                in.skipRawBytes(valueLength);
            } else if (tag == BYTES_3) {
                headers = headers == null ? new LinkedHashMap<>() : headers;
                header(in, headers);
            } else if (tag == VARINT_4) {
                delete = in.readBool();
            } else {
                in.skipField(tag);
            }
        }
        if (in.getTotalBytesRead() != end) {
            throw new InvalidProtocolBufferException("an event does not end where its length says");
        }
        if (id == null) {
            allNamed = false;
        } else {
            lastId = id;
        }
        String objection = headers == null ? null : objection(headers);
        if (objection == null) {
            List<Header> extras = headers == null ? List.of() : ExtraHeaders.of(headers);
            if (delete) {
                submission.deletion(bytes, valueFrom, valueLength, id, extras);
            } else {
                submission.event(bytes, valueFrom, valueLength, id, extras);
            }
        } else {
            submission.unreadable(
                    Arrays.copyOfRange(bytes, valueFrom, valueFrom + valueLength),
                    "application/protobuf",
                    id,
                    List.of(),
                    new Refusal(
                            Refusal.Code.INVALID, objection, List.of(new Violation("headers", "headers", objection))));
        }
    }

    private static @Nullable String objection(Map<String, String> headers) {
        for (String name : headers.keySet()) {
            String objection = ExtraHeaders.objection(name);
            if (objection != null) {
                return objection;
            }
        }
        return null;
    }

    private static void header(CodedInputStream in, Map<String, String> headers) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        String name = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == BYTES_1) {
                name = in.readStringRequireUtf8();
            } else if (tag == BYTES_2) {
                value = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        in.popLimit(limit);
        headers.put(name, value);
    }

    private static InvalidProtocolBufferException malformed(IOException e) {
        return e instanceof InvalidProtocolBufferException malformed
                ? malformed
                : new InvalidProtocolBufferException(e);
    }
}
