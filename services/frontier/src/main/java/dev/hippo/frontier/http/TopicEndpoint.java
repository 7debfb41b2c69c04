// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
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

/** {@code POST /topics/{topic}}, and {@code DELETE}: one event or many, in any of the {@link BodyType}s. Thread-safe. */
public final class TopicEndpoint implements HttpService {
    private final Publisher publisher;
    private final RequestBody bodies;

    /**
     * @param maxBytes the largest body
     * @param deadline how long a request may wait for Kafka
     */
    public TopicEndpoint(Publisher publisher, int maxBytes, Duration deadline) {
        this.publisher = publisher;
        this.bodies = new RequestBody(publisher, maxBytes, deadline);
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
        return bodies.read(ctx, req, topic, (whole, room, answer) -> publish(whole, topic, type, room, answer));
    }

    private void publish(
            AggregatedHttpRequest whole,
            PublishedTopic topic,
            BodyType type,
            long room,
            CompletableFuture<HttpResponse> answer)
            throws JsonProcessingException {
        EventBody read = EventBody.read(type, whole.headers(), whole.content().array());
        EventBody body = whole.method() == HttpMethod.DELETE ? read.asDeletions() : read;
        int events = body.events().size();
        long needed = whole.content().length() + (long) events * Publisher.EVENT_OVERHEAD;
        Refusal full = bodies.fit(topic, events, needed, room);
        if (full != null) {
            answer.complete(Answers.refused(full));
            return;
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
