// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpHeaders;
import dev.hippo.frontier.http.IncomingEvent.Encoding;
import dev.hippo.wire.EventHeaders;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads events by the <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">CloudEvents HTTP
 * binding</a>. Attributes become record headers; the sender's {@code time} becomes {@code ce_senttime}, since {@code ce_time} is the time of receipt.
 */
final class CloudEvents {
    private static final String BINARY_PREFIX = "ce-";
    private static final String SENT_TIME = "ce_senttime";
    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z0-9]{1,64}");
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");
    private static final ObjectMapper JSON = new ObjectMapper();

    private CloudEvents() {}

    /** What the {@code ce-*} headers of a request in binary mode say. Every one may be left out. */
    static Attributes binary(HttpHeaders request) {
        Attributes attributes = new Attributes();
        request.forEach((name, value) -> {
            String lower = name.toString();
            if (lower.startsWith(BINARY_PREFIX)) {
                attributes.put(lower.substring(BINARY_PREFIX.length()), decoded(value));
            }
        });
        return attributes;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /** Reads one event in structured mode. */
    static IncomingEvent structured(byte[] json) {
        try {
            return read(json);
        } catch (JsonProcessingException e) {
            return IncomingEvent.broken(json, "not JSON: " + JsonSlices.reason(e));
        }
    }

    private static IncomingEvent read(byte[] json) throws JsonProcessingException {
        Map<String, byte[]> members = JsonSlices.members(json);
        byte[] data = members.remove("data");
        byte[] base64 = members.remove("data_base64");
        Attributes attributes = new Attributes();
        for (Map.Entry<String, byte[]> member : members.entrySet()) {
            String value = text(member.getValue());
            if (value == null) {
                return IncomingEvent.broken(
                        json, "CloudEvents attribute '" + member.getKey() + "' is not a string, number or boolean");
            }
            attributes.put(member.getKey(), value);
        }
        for (String required : REQUIRED) {
            if (!members.containsKey(required)) {
                return IncomingEvent.broken(json, "the CloudEvent has no '" + required + "'");
            }
        }
        if ((data == null) == (base64 == null)) {
            return IncomingEvent.broken(json, "the CloudEvent must have one of 'data' and 'data_base64'");
        }
        boolean protobuf = attributes.contentType.contains("protobuf");
        if (data != null) {
            return protobuf
                    ? IncomingEvent.broken(json, "protobuf goes into 'data_base64', not into 'data'")
                    : attributes.event(data, Encoding.JSON);
        }
        try {
            byte @Nullable [] bytes = JSON.readValue(base64, byte[].class);
            return bytes == null
                    ? IncomingEvent.broken(json, "'data_base64' is null")
                    : attributes.event(bytes, protobuf ? Encoding.PROTOBUF : Encoding.JSON);
        } catch (IOException e) {
            return IncomingEvent.broken(json, "'data_base64' is not base64");
        }
    }

    /** A scalar's text; null for anything else. */
    private static @Nullable String text(byte[] json) {
        try {
            Object value = JSON.readValue(json, Object.class);
            return value instanceof String || value instanceof Number || value instanceof Boolean
                    ? value.toString()
                    : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** The attributes of one event, as they become its id and its record headers. */
    static final class Attributes {
        private final Map<String, String> headers = new LinkedHashMap<>();
        private @Nullable String id;
        private @Nullable String objection;
        private String contentType = "";

        void put(String name, String value) {
            switch (name) {
                case "id" -> id = value;
                case "specversion" -> {
                    if (!value.equals("1.0")) {
                        objection = "CloudEvents specversion '" + value + "' is not known; send 1.0";
                    }
                }
                case "time" -> headers.put(SENT_TIME, value);
                case "datacontenttype" -> contentType = value.toLowerCase(Locale.ROOT);
                case "traceparent" -> headers.put(EventHeaders.TRACE_PARENT, value);
                default -> {
                    if (ATTRIBUTE.matcher(name).matches()) {
                        headers.put("ce_" + name, value);
                    } else {
                        objection = "CloudEvents attribute '" + name + "' is not made of lower-case letters and digits";
                    }
                }
            }
        }

        @Nullable
        String id() {
            return id;
        }

        IncomingEvent event(byte[] data, Encoding encoding) {
            return new IncomingEvent(data, encoding, id, headers, false, objection);
        }

        /** The same attributes for one of many events, which share all but the id. */
        IncomingEvent eventOfMany(byte[] data) {
            return new IncomingEvent(data, Encoding.JSON, null, headers, false, objection);
        }
    }
}
