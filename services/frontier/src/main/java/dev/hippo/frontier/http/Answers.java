// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.Refusal;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Words outcomes as HTTP responses: JSON when all went well, <a href="https://www.rfc-editor.org/rfc/rfc9457">problem details</a> otherwise. */
final class Answers {
    private static final MediaType PROBLEM = MediaType.parse("application/problem+json");
    /** The code that a mixed outcome answers with: the first of these that occurs. */
    private static final List<Refusal.Code> WORST_FIRST =
            List.of(Refusal.Code.FAILED, Refusal.Code.UNAVAILABLE, Refusal.Code.OVERLOADED, Refusal.Code.INVALID);

    private Answers() {}

    static HttpResponse problem(HttpStatus status, String detail) {
        return respond(status, problemNode(status, detail));
    }

    static HttpResponse refused(Refusal refusal) {
        HttpStatus status = status(refusal.code(), HttpStatus.UNPROCESSABLE_ENTITY);
        ObjectNode problem = problemNode(status, refusal.message());
        problem.put("code", refusal.code().name());
        return respond(status, problem);
    }

    /** A notice that is refused before anything else is known of it. */
    static HttpResponse refusedNotice(String topic, Refusal refusal) {
        HttpStatus status = status(refusal.code(), HttpStatus.BAD_REQUEST);
        ObjectNode problem = problemNode(status, refusal.message());
        return respond(status, refusal(problem.put("topic", topic), refusal));
    }

    static HttpResponse one(String topic, String id, Outcome outcome) {
        return one(topic, id, outcome, HttpStatus.UNPROCESSABLE_ENTITY, null);
    }

    /** What became of notices; one that was there before is said to have been. */
    static HttpResponse notices(String topic, boolean many, List<String> ids, Outcome outcome, BitSet duplicates) {
        return many
                ? many(topic, ids, outcome, HttpStatus.BAD_REQUEST, duplicates)
                : one(topic, ids.get(0), outcome, HttpStatus.BAD_REQUEST, duplicates);
    }

    private static HttpResponse one(
            String topic, String id, Outcome outcome, HttpStatus invalid, @Nullable BitSet duplicates) {
        Refusal refusal = outcome.refusals().get(0);
        if (refusal == null) {
            ObjectNode accepted = JsonNodeFactory.instance.objectNode().put("topic", topic);
            return respond(
                    HttpStatus.OK, accepted(accepted, outcome, 0, duplicates).put("id", id));
        }
        HttpStatus status = status(refusal.code(), invalid);
        ObjectNode problem = problemNode(status, refusal.message());
        problem.put("topic", topic).put("id", id);
        return respond(status, refusal(problem, refusal));
    }

    static HttpResponse many(String topic, List<String> ids, Outcome outcome) {
        return many(topic, ids, outcome, HttpStatus.UNPROCESSABLE_ENTITY, null);
    }

    private static HttpResponse many(
            String topic, List<String> ids, Outcome outcome, HttpStatus invalid, @Nullable BitSet duplicates) {
        Map<Integer, Refusal> refusals = outcome.refusals();
        HttpStatus status = HttpStatus.OK;
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        if (!refusals.isEmpty()) {
            Refusal.Code worst = WORST_FIRST.stream()
                    .filter(code -> refusals.values().stream().anyMatch(refusal -> refusal.code() == code))
                    .findFirst()
                    .orElse(Refusal.Code.INVALID);
            status = status(worst, invalid);
            answer = problemNode(
                    status,
                    refusals.size() + " of " + outcome.size()
                            + " events were refused; the others were accepted and need not be sent again");
        }
        answer.put("topic", topic);
        answer.put("accepted", outcome.size() - refusals.size());
        answer.put("refused", refusals.size());
        ArrayNode results = answer.putArray("results");
        for (int i = 0; i < outcome.size(); i++) {
            ObjectNode result = results.addObject().put("id", ids.get(i));
            Refusal refusal = refusals.get(i);
            if (refusal == null) {
                accepted(result, outcome, i, duplicates);
            } else {
                result.put("index", i)
                        .put("status", status(refusal.code(), invalid).code());
                refusal(result.put("error", refusal.message()), refusal);
            }
        }
        return respond(status, answer);
    }

    private static ObjectNode accepted(ObjectNode event, Outcome outcome, int index, @Nullable BitSet duplicates) {
        event.put("partition", outcome.partitions()[index]).put("offset", outcome.offsets()[index]);
        return duplicates == null ? event : event.put("duplicate", duplicates.get(index));
    }

    private static ObjectNode refusal(ObjectNode event, Refusal refusal) {
        event.put("code", refusal.code().name());
        ArrayNode violations = event.putArray("violations");
        refusal.violations()
                .forEach(v -> violations
                        .addObject()
                        .put("path", v.path())
                        .put("rule", v.rule())
                        .put("message", v.message()));
        return event;
    }

    private static ObjectNode problemNode(HttpStatus status, String detail) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", detail);
    }

    private static HttpResponse respond(HttpStatus status, ObjectNode body) {
        boolean good = status.equals(HttpStatus.OK);
        ResponseHeadersBuilder headers = ResponseHeaders.builder(status).contentType(good ? MediaType.JSON : PROBLEM);
        if (status.equals(HttpStatus.TOO_MANY_REQUESTS) || status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
            headers.set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(body.toString()));
    }

    private static HttpStatus status(Refusal.Code code, HttpStatus invalid) {
        return switch (code) {
            case INVALID -> invalid;
            case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
            case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            case UNKNOWN_TOPIC -> HttpStatus.NOT_FOUND;
            case FAILED -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
