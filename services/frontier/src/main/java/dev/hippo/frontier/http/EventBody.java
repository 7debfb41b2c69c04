// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.HttpHeaders;
import dev.hippo.frontier.http.IncomingEvent.Encoding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The events in one request body.
 *
 * @param events in the order of the body
 * @param many whether the sender speaks of many (array, lines, batch), even if it is one or none
 */
record EventBody(List<IncomingEvent> events, boolean many) {
    EventBody {
        events = List.copyOf(events);
    }

    /** Reads a body. Throws if it is no JSON as a whole or holds {@link TooManyEvents}; a single bad event among many is kept as such. */
    static EventBody read(BodyType type, HttpHeaders headers, byte[] body) throws JsonProcessingException {
        return switch (type) {
            case PROTOBUF -> one(CloudEvents.binary(headers).event(body, Encoding.PROTOBUF));
            case CLOUD_EVENT -> one(CloudEvents.structured(body));
            case CLOUD_EVENTS ->
                new EventBody(
                        JsonSlices.values(body).each().stream()
                                .map(CloudEvents::structured)
                                .toList(),
                        true);
            case JSON -> json(CloudEvents.binary(headers), body);
            case LINES -> new EventBody(lines(CloudEvents.binary(headers), body), true);
        };
    }

    /** The same events as deletions of what their keys hold. */
    EventBody asDeletions() {
        return new EventBody(events.stream().map(IncomingEvent::asDeletion).toList(), many);
    }

    private static EventBody one(IncomingEvent event) {
        return new EventBody(List.of(event), false);
    }

    private static EventBody json(CloudEvents.Attributes attributes, byte[] body) throws JsonProcessingException {
        JsonSlices.Values values = JsonSlices.values(body);
        return values.array()
                ? new EventBody(
                        values.each().stream().map(attributes::eventOfMany).toList(), true)
                : one(attributes.event(values.each().get(0), Encoding.JSON));
    }

    private static List<IncomingEvent> lines(CloudEvents.Attributes attributes, byte[] body) throws TooManyEvents {
        List<IncomingEvent> events = new ArrayList<>();
        int from = 0;
        for (int number = 1; from < body.length; number++) {
            int end = from;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            byte[] line = Arrays.copyOfRange(body, from, end);
            if (!blank(line)) {
                TooManyEvents.check(events.size());
                events.add(line(attributes, line, number));
            }
            from = end + 1;
        }
        return events;
    }

    private static IncomingEvent line(CloudEvents.Attributes attributes, byte[] line, int number) {
        try {
            JsonSlices.Values values = JsonSlices.values(line);
            if (!values.array() && values.each().get(0)[0] == '{') {
                return attributes.eventOfMany(values.each().get(0));
            }
            return IncomingEvent.broken(line, "line " + number + " is not a JSON object");
        } catch (JsonProcessingException e) {
            return IncomingEvent.broken(line, "line " + number + " is not JSON: " + JsonSlices.reason(e));
        }
    }

    private static boolean blank(byte[] line) {
        for (byte c : line) {
            if (c != ' ' && c != '\t' && c != '\r') {
                return false;
            }
        }
        return true;
    }
}
