// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.hippo.frontier.publish.PublishedTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import dev.hippo.frontier.publish.Submission;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** {@code POST /topics/{topic}}, and {@code DELETE}: one event or many, in any of the {@link BodyType}s. Thread-safe. */
public final class TopicEndpoint implements HttpService {
    /** Larger bodies are read on a thread that may take its time. */
    private static final int EVENT_LOOP_BYTES = 32 << 10;

    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

    private final Publisher publisher;
    private final int maxBytes;
    private final Duration deadline;

    /**
     * @param maxBytes the largest body
     * @param deadline how long a request may wait for Kafka
     */
    public TopicEndpoint(Publisher publisher, int maxBytes, Duration deadline) {
        this.publisher = publisher;
        this.maxBytes = maxBytes;
        this.deadline = deadline;
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        String name = String.valueOf(ctx.pathParam("topic"));
        PublishedTopic topic = publisher.topic(name);
        if (topic == null) {
            return Answers.refused(publisher.unknown(name));
        }
        if (req.method() != HttpMethod.POST && req.method() != HttpMethod.DELETE) {
            return Answers.problem(
                    HttpStatus.METHOD_NOT_ALLOWED,
                    "events are published by POST and deleted by DELETE, not by " + req.method());
        }
        BodyType type = BodyType.of(req.contentType());
        if (type == null) {
            return Answers.problem(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "content-type '" + req.contentType() + "' is not taken; send one of " + BodyType.KNOWN);
        }
        long announced = req.headers().contentLength();
        if (announced > maxBytes) {
            return tooLarge();
        }
        // a body that does not say how large it is may become as large as is allowed
        long room = announced < 0 ? maxBytes : announced;
        Refusal full = publisher.reserve(room);
        if (full != null) {
            publisher.refusedAtOnce(topic, full, 1);
            return Answers.refused(full);
        }
        ctx.setMaxRequestLength(maxBytes);
        ctx.setRequestTimeout(deadline.plus(BODY_TIMEOUT));
        return HttpResponse.of(receive(ctx, req, topic, type, room));
    }

    private CompletableFuture<HttpResponse> receive(
            ServiceRequestContext ctx, HttpRequest req, PublishedTopic topic, BodyType type, long room) {
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        req.aggregate().handle((whole, failure) -> {
            if (whole == null) {
                publisher.release(room);
                answer.complete(broken(failure));
            } else if (whole.content().length() > EVENT_LOOP_BYTES) {
                ctx.blockingTaskExecutor().execute(() -> publish(whole, topic, type, room, answer));
            } else {
                publish(whole, topic, type, room, answer);
            }
            return null;
        });
        return answer;
    }

    private HttpResponse broken(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof ContentTooLargeException
                ? tooLarge()
                : Answers.problem(HttpStatus.BAD_REQUEST, "the body did not come whole: " + cause.getMessage());
    }

    private HttpResponse tooLarge() {
        return Answers.problem(
                HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                "the body is larger than " + maxBytes
                        + " bytes; send fewer events at once, or use PublishStream, which has no end");
    }

    private void publish(
            AggregatedHttpRequest whole,
            PublishedTopic topic,
            BodyType type,
            long room,
            CompletableFuture<HttpResponse> answer) {
        EventBody body;
        try {
            EventBody read =
                    EventBody.read(type, whole.headers(), whole.content().array());
            body = whole.method() == HttpMethod.DELETE ? read.asDeletions() : read;
        } catch (TooManyEvents e) {
            publisher.release(room);
            answer.complete(Answers.problem(HttpStatus.REQUEST_ENTITY_TOO_LARGE, e.getOriginalMessage()));
            return;
        } catch (JsonProcessingException e) {
            publisher.release(room);
            answer.complete(Answers.problem(HttpStatus.BAD_REQUEST, "not JSON: " + JsonSlices.reason(e)));
            return;
        } catch (RuntimeException e) {
            // a mistake of ours must not keep the room for ever, nor the sender waiting
            publisher.release(room);
            answer.completeExceptionally(e);
            return;
        }
        List<IncomingEvent> events = body.events();
        long needed = whole.content().length() + (long) events.size() * Publisher.EVENT_OVERHEAD;
        if (needed > room) {
            Refusal full = publisher.reserve(needed - room);
            if (full != null) {
                publisher.release(room);
                publisher.refusedAtOnce(topic, full, events.size());
                answer.complete(Answers.refused(full));
                return;
            }
        } else {
            publisher.release(room - needed);
        }
        submit(whole, topic, body, needed, answer);
    }

    private void submit(
            AggregatedHttpRequest whole,
            PublishedTopic topic,
            EventBody body,
            long reserved,
            CompletableFuture<HttpResponse> answer) {
        List<IncomingEvent> events = body.events();
        Stamp stamp = publisher.stamp(
                whole.headers().get(EventHeaders.TRACE_PARENT), whole.headers().get("ce-id"));
        List<String> ids = new ArrayList<>(events.size());
        for (IncomingEvent event : events) {
            String id = event.id();
            ids.add(id != null ? id : body.many() ? stamp.id(ids.size()) : stamp.id());
        }
        Submission submission = publisher.submission(
                topic,
                stamp,
                events.size(),
                reserved,
                outcome -> answer.complete(
                        body.many()
                                ? Answers.many(topic.name(), ids, outcome)
                                : Answers.one(topic.name(), ids.get(0), outcome)));
        try {
            for (int i = 0; i < events.size(); i++) {
                events.get(i).addTo(submission, topic, ids.get(i).getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            submission.seal();
        }
    }
}
