// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.hippo.contracts.Violation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /topics/TOPIC}: one event, an array, NDJSON, raw protobuf, or CloudEvents. Answers what has become of each event. */
final class HttpTopics implements HttpService {
    private static final MediaType PROBLEM = MediaType.create("application", "problem+json");

    private final DoorTopics topics;
    private final Intake intake;
    private final InstantSource clock;
    private final long maxBytes;

    HttpTopics(DoorTopics topics, Intake intake, InstantSource clock, long maxBytes) {
        this.topics = topics;
        this.intake = intake;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
        if (request.method() != HttpMethod.POST) {
            return problem(HttpStatus.METHOD_NOT_ALLOWED, "events are sent with POST", List.of());
        }
        String name = String.valueOf(context.pathParam("topic"));
        DoorTopic topic = topics.find(name);
        if (topic == null) {
            return problem(HttpStatus.NOT_FOUND, topics.unknown(name).message(), List.of());
        }
        context.setMaxRequestLength(maxBytes);
        return HttpResponse.of(request.aggregate()
                .handle((whole, failure) -> failure == null
                        ? publish(topic, whole)
                        : problem(
                                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                                "the request was not read: it may have " + (maxBytes >> 20) + " MiB; send it in parts",
                                List.of())));
    }

    private HttpResponse publish(DoorTopic topic, AggregatedHttpRequest request) {
        HttpEvents events;
        try {
            events = HttpEvents.read(request);
        } catch (HttpEvents.Unreadable e) {
            return problem(e.status(), String.valueOf(e.getMessage()), List.of());
        }
        Batch batch = intake.begin(topic, events.size());
        Instant now = clock.instant();
        String trace = request.headers().get("traceparent");
        if (trace == null) {
            trace = intake.ids().traceparent();
        }
        for (int i = 0; i < events.size(); i++) {
            HttpEvents.Event event = events.get(i);
            String parent = event.traceparent() == null ? trace : event.traceparent();
            byte[] bytes;
            try {
                bytes = event.encode(topic.contract().json());
            } catch (HttpEvents.Unfit e) {
                batch.refused(
                        i,
                        Refused.invalid(
                                topic.contract().name(),
                                List.of(new Violation("", "json", String.valueOf(e.getMessage())))));
                continue;
            }
            intake.take(batch, i, bytes, event.id(), parent, now);
        }
        intake.sent(batch);
        return HttpResponse.of(batch.done().thenApply(done -> events.single() ? one(done) : many(done)));
    }

    private static HttpResponse one(Batch batch) {
        Refused refused = batch.refusal(0);
        if (refused != null) {
            return problem(HttpStatus.valueOf(refused.reason().httpStatus()), refused.message(), refused.violations());
        }
        return HttpResponse.of(
                HttpStatus.OK,
                MediaType.JSON_UTF_8,
                HttpData.ofUtf8(result(batch, 0).toString()));
    }

    private static HttpResponse many(Batch batch) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("accepted", batch.acceptedCount()).put("refused", batch.size() - batch.acceptedCount());
        ArrayNode results = body.putArray("results");
        for (int i = 0; i < batch.size(); i++) {
            results.add(result(batch, i));
        }
        return HttpResponse.of(status(batch), MediaType.JSON_UTF_8, HttpData.ofUtf8(body.toString()));
    }

    /** 200 when all are accepted; else the status of the reason that needs the client most: mend, then wait, then send again. */
    private static HttpStatus status(Batch batch) {
        return batch.refusals().values().stream()
                .map(refused -> refused.reason() == Refused.Reason.INVALID
                        ? 422
                        : refused.reason().httpStatus())
                .min((a, b) -> Integer.compare(a == 422 ? 0 : a, b == 422 ? 0 : b))
                .map(HttpStatus::valueOf)
                .orElse(HttpStatus.OK);
    }

    private static ObjectNode result(Batch batch, int index) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        result.put("id", batch.id(index));
        Refused refused = batch.refusal(index);
        if (refused == null) {
            return result.put("topic", batch.topic().name())
                    .put("partition", batch.partition(index))
                    .put("offset", batch.offset(index));
        }
        result.put("index", index).put("status", refused.reason().httpStatus()).put("error", refused.message());
        violations(result, refused.violations());
        return result;
    }

    private static void violations(ObjectNode to, List<Violation> violations) {
        if (!violations.isEmpty()) {
            ArrayNode list = to.putArray("violations");
            violations.forEach(v ->
                    list.addObject().put("path", v.path()).put("rule", v.rule()).put("message", v.message()));
        }
    }

    /** An answer by RFC 9457. */
    private static HttpResponse problem(HttpStatus status, @Nullable String detail, List<Violation> violations) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("title", status.reasonPhrase())
                .put("status", status.code())
                .put("detail", detail);
        violations(body, violations);
        return HttpResponse.builder()
                .status(status)
                .content(PROBLEM, body.toString())
                .headers(
                        status.code() == 429 || status.code() == 503
                                ? com.linecorp.armeria.common.HttpHeaders.of(HttpHeaderNames.RETRY_AFTER, 1)
                                : com.linecorp.armeria.common.HttpHeaders.of())
                .build();
    }
}
