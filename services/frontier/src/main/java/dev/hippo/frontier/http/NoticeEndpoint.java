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
import dev.hippo.frontier.publish.NoticeBoard;
import dev.hippo.frontier.publish.NoticeTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import dev.hippo.wire.EventHeaders;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** {@code POST /notices/{topic}}: a notice that a table is ready, or an array of them. Thread-safe. */
public final class NoticeEndpoint implements HttpService {
    private static final String KEY = "idempotency-key";

    private final Publisher publisher;
    private final RequestBody bodies;

    /**
     * @param maxBytes the largest body
     * @param deadline how long a request may wait for Kafka
     */
    public NoticeEndpoint(Publisher publisher, int maxBytes, Duration deadline) {
        this.publisher = publisher;
        this.bodies = new RequestBody(publisher, maxBytes, deadline);
    }

    @Override
    public HttpResponse serve(ServiceRequestContext ctx, HttpRequest req) {
        String name = String.valueOf(ctx.pathParam("topic"));
        NoticeTopic topic = publisher.notices().topic(name);
        if (topic == null) {
            return Answers.refused(publisher.notices().unknown(name));
        }
        if (req.method() != HttpMethod.POST) {
            return Answers.problem(
                    HttpStatus.METHOD_NOT_ALLOWED, "notices are published by POST, not by " + req.method());
        }
        if (BodyType.of(req.contentType()) != BodyType.JSON) {
            return Answers.problem(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "content-type '" + req.contentType()
                            + "' is not taken; send application/json: one notice or an array");
        }
        String key = key(req);
        Refusal badKey = key == null ? null : NoticeBoard.objection(key);
        if (badKey != null) {
            publisher.refusedAtOnce(topic, badKey, 1);
            return Answers.refusedNotice(name, badKey);
        }
        return bodies.read(ctx, req, topic, (whole, room, answer) -> post(whole, topic, key, room, answer));
    }

    /** The key, without the quotes in which some clients put it. */
    private static @Nullable String key(HttpRequest req) {
        String key = req.headers().get(KEY);
        return key != null && key.length() > 1 && key.startsWith("\"") && key.endsWith("\"")
                ? key.substring(1, key.length() - 1)
                : key;
    }

    private void post(
            AggregatedHttpRequest whole,
            NoticeTopic topic,
            @Nullable String key,
            long room,
            CompletableFuture<HttpResponse> answer)
            throws JsonProcessingException {
        JsonSlices.Values values = JsonSlices.values(whole.content().array());
        List<byte[]> notices = values.each();
        long needed = whole.content().length() + (long) notices.size() * Publisher.EVENT_OVERHEAD;
        Refusal full = bodies.fit(topic, notices.size(), needed, room);
        if (full != null) {
            answer.complete(Answers.refused(full));
            return;
        }
        String id = key == null ? whole.headers().get("ce-id") : key;
        Stamp stamp = publisher.stamp(whole.headers().get(EventHeaders.TRACE_PARENT), id);
        NoticeBoard.Post post = new NoticeBoard.Post(topic, stamp, notices, values.array(), key, needed);
        List<String> ids = IntStream.range(0, notices.size()).mapToObj(post::id).toList();
        publisher
                .notices()
                .post(
                        post,
                        (outcome, duplicates) -> answer.complete(
                                Answers.notices(topic.name(), values.array(), ids, outcome, duplicates)));
    }
}
