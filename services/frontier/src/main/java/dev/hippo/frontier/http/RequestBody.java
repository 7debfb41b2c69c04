// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.hippo.frontier.publish.DoorTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Reads the body of a request, for which it makes room before the first byte comes. Thread-safe. */
final class RequestBody {
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
    RequestBody(Publisher publisher, int maxBytes, Duration deadline) {
        this.publisher = publisher;
        this.maxBytes = maxBytes;
        this.deadline = deadline;
    }

    /** What takes a body that has come whole. */
    interface Taker {
        /** Takes the body and the room that was made for it, and answers; throws before it has handed the room on. */
        void take(AggregatedHttpRequest whole, long room, CompletableFuture<HttpResponse> answer)
                throws JsonProcessingException;
    }

    /** Reads the body of a request to a topic. */
    HttpResponse read(ServiceRequestContext ctx, HttpRequest req, DoorTopic topic, Taker taker) {
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
        CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
        req.aggregate().handle((whole, failure) -> {
            if (whole == null) {
                publisher.release(room);
                answer.complete(broken(failure));
            } else if (whole.content().length() > EVENT_LOOP_BYTES) {
                ctx.blockingTaskExecutor().execute(() -> take(whole, room, taker, answer));
            } else {
                take(whole, room, taker, answer);
            }
            return null;
        });
        return HttpResponse.of(answer);
    }

    private void take(AggregatedHttpRequest whole, long room, Taker taker, CompletableFuture<HttpResponse> answer) {
        try {
            taker.take(whole, room, answer);
        } catch (TooManyEvents e) {
            publisher.release(room);
            answer.complete(Answers.problem(HttpStatus.REQUEST_ENTITY_TOO_LARGE, e.getOriginalMessage()));
        } catch (JsonProcessingException e) {
            publisher.release(room);
            answer.complete(Answers.problem(HttpStatus.BAD_REQUEST, "not JSON: " + JsonSlices.reason(e)));
        } catch (RuntimeException e) {
            // a mistake of ours must not keep the room for ever, nor the sender waiting
            publisher.release(room);
            answer.completeExceptionally(e);
        }
    }

    /**
     * Makes the room fit what the body turned out to hold.
     *
     * @return why it does not; the room is given back then
     */
    @Nullable
    Refusal fit(DoorTopic topic, int events, long needed, long room) {
        if (needed <= room) {
            publisher.release(room - needed);
            return null;
        }
        Refusal full = publisher.reserve(needed - room);
        if (full != null) {
            publisher.release(room);
            publisher.refusedAtOnce(topic, full, events);
        }
        return full;
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
}
