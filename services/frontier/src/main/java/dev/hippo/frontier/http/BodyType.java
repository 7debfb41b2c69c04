// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.linecorp.armeria.common.MediaType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request body is. */
enum BodyType {
    /** One JSON object, or an array of them. */
    JSON,
    /** A JSON object per line. */
    LINES,
    PROTOBUF,
    /** One CloudEvent in structured mode. */
    CLOUD_EVENT,
    /** A batch of CloudEvents. */
    CLOUD_EVENTS;

    static final String KNOWN =
            "application/json (one event or an array), application/x-ndjson, application/x-protobuf, "
                    + "application/cloudevents+json, application/cloudevents-batch+json";

    /** The body type of a content type, null for one that the door does not take. */
    static @Nullable BodyType of(@Nullable MediaType type) {
        if (type == null) {
            return null;
        }
        return switch ((type.type() + "/" + type.subtype()).toLowerCase(Locale.ROOT)) {
            case "application/json" -> JSON;
            case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines" -> LINES;
            case "application/x-protobuf", "application/protobuf", "application/vnd.google.protobuf" -> PROTOBUF;
            case "application/cloudevents+json" -> CLOUD_EVENT;
            case "application/cloudevents-batch+json" -> CLOUD_EVENTS;
            default -> null;
        };
    }
}
