// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import dev.hippo.contracts.JsonCodec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events of one HTTP request. By content type: {@code application/json} (an object or an array), {@code application/x-ndjson}, {@code application/x-protobuf},
 * {@code application/cloudevents+json} and {@code application/cloudevents-batch+json}; with {@code ce-} headers any of the first three is a CloudEvent in
 * <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">binary mode</a>.
 */
final class HttpEvents {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** One event: JSON still to be fitted to the contract, or bytes; null for what it lacks. */
    record Event(
            @Nullable String json,
            byte @Nullable [] bytes,
            @Nullable String id,
            @Nullable String traceparent) {
        byte[] encode(JsonCodec codec) throws Unfit {
            if (bytes != null) {
                return bytes;
            }
            try {
                return codec.toBytes(String.valueOf(json));
            } catch (InvalidProtocolBufferException e) {
                throw new Unfit(String.valueOf(e.getMessage()));
            }
        }
    }

    /** One event does not fit its contract. */
    static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message);
        }
    }

    /** The request as a whole cannot be read. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient HttpStatus status;

        Unreadable(HttpStatus status, String message) {
            super(message);
            this.status = status;
        }

        HttpStatus status() {
            return status;
        }
    }

    private final List<Event> events = new ArrayList<>();
    private final boolean single;

    private HttpEvents(boolean single) {
        this.single = single;
    }

    static HttpEvents read(AggregatedHttpRequest request) throws Unreadable {
        MediaType type = request.contentType() == null ? MediaType.JSON : request.contentType();
        String subtype = type.subtype();
        RequestHeaders headers = request.headers();
        String id = headers.get("ce-id");
        String trace = headers.get("ce-traceparent");
        if (subtype.equals("x-protobuf") || subtype.equals("protobuf")) {
            HttpEvents events = new HttpEvents(true);
            events.events.add(new Event(null, request.content().array(), id, trace));
            return events;
        }
        String text = request.contentUtf8();
        if (subtype.equals("x-ndjson") || subtype.equals("jsonl")) {
            HttpEvents events = new HttpEvents(false);
            text.lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> events.events.add(new Event(line, null, null, null)));
            return events;
        }
        return switch (subtype) {
            case "json" -> json(parse(text), id, trace);
            case "cloudevents+json" -> {
                HttpEvents events = new HttpEvents(true);
                events.events.add(cloudEvent(parse(text)));
                yield events;
            }
            case "cloudevents-batch+json" -> {
                HttpEvents events = new HttpEvents(false);
                for (JsonNode node : parse(text)) {
                    events.events.add(cloudEvent(node));
                }
                yield events;
            }
            default ->
                throw new Unreadable(
                        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                        "content type " + type
                                + " is not taken; use application/json, application/x-ndjson, application/x-protobuf, "
                                + "application/cloudevents+json or application/cloudevents-batch+json");
        };
    }

    private static HttpEvents json(JsonNode root, @Nullable String id, @Nullable String trace) throws Unreadable {
        if (!root.isArray()) {
            HttpEvents events = new HttpEvents(true);
            events.events.add(new Event(root.toString(), null, id, trace));
            return events;
        }
        if (id != null) {
            throw new Unreadable(HttpStatus.BAD_REQUEST, "a ce-id names one event, and this is an array");
        }
        HttpEvents events = new HttpEvents(false);
        root.forEach(node -> events.events.add(new Event(node.toString(), null, null, trace)));
        return events;
    }

    private static Event cloudEvent(JsonNode node) throws Unreadable {
        for (String needed : List.of("id", "source", "type", "specversion")) {
            if (!node.path(needed).isTextual()) {
                throw new Unreadable(HttpStatus.BAD_REQUEST, "a CloudEvent needs the text attribute '" + needed + "'");
            }
        }
        String trace =
                node.path("traceparent").isTextual() ? node.path("traceparent").textValue() : null;
        String id = node.path("id").textValue();
        if (node.path("data_base64").isTextual()) {
            try {
                return new Event(
                        null,
                        Base64.getDecoder().decode(node.path("data_base64").textValue()),
                        id,
                        trace);
            } catch (IllegalArgumentException e) {
                throw new Unreadable(
                        HttpStatus.BAD_REQUEST, "data_base64 of event '" + id + "' is not base64: " + e.getMessage());
            }
        }
        if (!node.has("data")) {
            throw new Unreadable(HttpStatus.BAD_REQUEST, "CloudEvent '" + id + "' has no data");
        }
        return new Event(node.path("data").toString(), null, id, trace);
    }

    private static JsonNode parse(String text) throws Unreadable {
        try {
            JsonNode node = JSON.readTree(text);
            if (node == null || node.isMissingNode()) {
                throw new Unreadable(HttpStatus.BAD_REQUEST, "the request has no body");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new Unreadable(
                    HttpStatus.BAD_REQUEST,
                    "not JSON, line " + e.getLocation().getLineNr() + " column "
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage());
        }
    }

    int size() {
        return events.size();
    }

    Event get(int index) {
        return events.get(index);
    }

    /** Whether the request was for one event, so that the answer is about one. */
    boolean single() {
        return single;
    }
}
