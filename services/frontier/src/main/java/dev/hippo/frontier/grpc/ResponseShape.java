// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import dev.hippo.frontier.publish.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a user's own response type is filled: of the fields {@code status_code} (or {@code statusCode}), {@code message}, {@code topic},
 * {@code partition}, {@code offset} and {@code event_id} it fills those that exist with a fitting type. Thread-safe.
 */
final class ResponseShape {
    private static final int OK = 200;

    private final Descriptor type;
    private final @Nullable FieldDescriptor statusCode;
    private final @Nullable FieldDescriptor message;
    private final @Nullable FieldDescriptor topic;
    private final @Nullable FieldDescriptor partition;
    private final @Nullable FieldDescriptor offset;
    private final @Nullable FieldDescriptor eventId;
    private final byte @Nullable [] fixed;

    ResponseShape(Descriptor type, String topicName) {
        this.type = type;
        this.statusCode = field(type, List.of("status_code", "statusCode"), true);
        this.message = field(type, List.of("message"), false);
        this.topic = field(type, List.of("topic"), false);
        this.partition = field(type, List.of("partition"), true);
        this.offset = field(type, List.of("offset"), true);
        this.eventId = field(type, List.of("event_id", "eventId"), false);
        boolean same = partition == null && offset == null && eventId == null;
        this.fixed = same ? accepted(topicName, 0, 0, "") : null;
    }

    private static @Nullable FieldDescriptor field(Descriptor type, List<String> names, boolean number) {
        for (String name : names) {
            FieldDescriptor field = type.findFieldByName(name);
            if (field != null && !field.isRepeated() && fits(field.getJavaType(), number)) {
                return field;
            }
        }
        return null;
    }

    private static boolean fits(JavaType type, boolean number) {
        return number ? type == JavaType.INT || type == JavaType.LONG : type == JavaType.STRING;
    }

    /** The response to an acknowledged event. */
    byte[] accepted(String topicName, int atPartition, long atOffset, String id) {
        if (fixed != null) {
            return fixed;
        }
        DynamicMessage.Builder response = DynamicMessage.newBuilder(type);
        number(response, statusCode, OK);
        text(response, message, "accepted");
        text(response, topic, topicName);
        number(response, partition, atPartition);
        number(response, offset, atOffset);
        text(response, eventId, id);
        return response.build().toByteArray();
    }

    /** The response to a refused event, for streams that go on after it; null if the type has no status code to tell it by. */
    byte @Nullable [] refused(Refusal refusal) {
        if (statusCode == null) {
            return null;
        }
        DynamicMessage.Builder response = DynamicMessage.newBuilder(type);
        number(response, statusCode, code(refusal.code()));
        text(response, message, refusal.message());
        return response.build().toByteArray();
    }

    private static int code(Refusal.Code code) {
        return switch (code) {
            case INVALID -> 400;
            case UNKNOWN_TOPIC -> 404;
            case OVERLOADED -> 429;
            case FAILED -> 500;
            case UNAVAILABLE -> 503;
        };
    }

    private static void number(DynamicMessage.Builder response, @Nullable FieldDescriptor field, long value) {
        if (field != null) {
            Object boxed = field.getJavaType() == JavaType.INT ? (Object) (int) value : (Object) value;
            response.setField(field, boxed);
        }
    }

    private static void text(DynamicMessage.Builder response, @Nullable FieldDescriptor field, String value) {
        if (field != null) {
            response.setField(field, value);
        }
    }
}
