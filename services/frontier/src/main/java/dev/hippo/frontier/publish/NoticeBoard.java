// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Violation;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.Suggestion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes notices that tables are ready and puts them on their topics, a notice with a key once. Those with keys go one after the other over a thread
 * that first reads what the topic has; the others go straight to Kafka. Thread-safe; never makes its caller wait.
 */
public final class NoticeBoard {
    private static final Logger log = LoggerFactory.getLogger(NoticeBoard.class);
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final Publisher publisher;
    private final HippoContext context;
    private final Duration deadline;
    private final Map<String, NoticeTopic> topics = new LinkedHashMap<>();
    private final ExecutorService keyed;

    NoticeBoard(Publisher publisher, HippoContext context, String source, Duration deadline) {
        this.publisher = publisher;
        this.context = context;
        this.deadline = deadline;
        this.keyed = Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "door-notice-keys");
            thread.setDaemon(true);
            return thread;
        });
        for (String name :
                context.hippo().settings(HippoSettings.Frontier.class).notices()) {
            NoticeKeys keys =
                    new NoticeKeys(name, context.kafka(), context.hippo().name() + "-keys-of-" + name);
            topics.put(name, new NoticeTopic(name, source, new TopicMeters(context.meters(), name), keys));
        }
    }

    /**
     * Notices of one request.
     *
     * @param notices their bytes, as they came
     * @param many whether the sender speaks of many, even if it is one
     * @param key the sender's idempotency key, null for none
     * @param reserved what was reserved for them
     */
    public record Post(
            NoticeTopic topic,
            Stamp stamp,
            List<byte[]> notices,
            boolean many,
            @Nullable String key,
            long reserved) {
        public Post {
            notices = List.copyOf(notices);
        }

        /** The id of the one with that number. */
        public String id(int index) {
            return many ? stamp.id(index) : stamp.id();
        }
    }

    /** What became of a post. */
    public interface Answer {
        /**
         * Tells it, once.
         *
         * @param duplicates which ones were there before, and were not written again
         */
        void posted(Outcome outcome, BitSet duplicates);
    }

    /** The topic with that name, null if it takes no notices here. */
    public @Nullable NoticeTopic topic(String name) {
        return topics.get(name);
    }

    /** What to say of a topic that takes no notices here. */
    public Refusal unknown(String name) {
        String reason = topics.isEmpty()
                ? "this door takes no notices; name their topics under 'notices' in the pipeline file"
                : name.isEmpty()
                        ? "no topic was named; known: " + String.join(", ", topics.keySet())
                        : "topic '" + name + "' takes no notices here; " + Suggestion.hint(name, topics.keySet());
        return new Refusal(Refusal.Code.UNKNOWN_TOPIC, reason);
    }

    /** Why that cannot be an idempotency key; null if it can. */
    public static @Nullable Refusal objection(String key) {
        if (KEY.matcher(key).matches()) {
            return null;
        }
        String reason = "an idempotency key is 1 to 200 visible ASCII characters without spaces";
        return Refusal.invalid("notice", List.of(new Violation("idempotency_key", "idempotency_key.format", reason)));
    }

    /** Puts notices on their topic; answers once, on any thread. Takes over what was reserved. */
    public void post(Post post, Answer answer) {
        long started = System.nanoTime();
        NoticeSubmission[] flight = new NoticeSubmission[1];
        Consumer<Outcome> answered = outcome -> answer.posted(outcome, flight[0].duplicates());
        flight[0] = publisher.notices(post.topic(), post.stamp(), post.notices().size(), post.reserved(), answered);
        if (post.key() == null) {
            add(post, flight[0]);
            return;
        }
        try {
            keyed.execute(() -> addKeyed(post, flight[0], started));
        } catch (RejectedExecutionException e) {
            refuse(post, flight[0], "the door is stopping; this notice was not written, send it again later");
        }
    }

    private void add(Post post, NoticeSubmission flight) {
        Instant now = context.clock().instant();
        try {
            for (int i = 0; i < post.notices().size(); i++) {
                byte[] notice = post.notices().get(i);
                byte[] id = post.id(i).getBytes(StandardCharsets.UTF_8);
                Refusal refusal = NoticeCheck.objection(notice, now);
                if (refusal != null) {
                    flight.refused(notice, id, refusal);
                } else if (post.key() == null) {
                    flight.notice(notice, id);
                } else {
                    // a space cannot be in a sender's key: no two requests mean the same
                    String key = post.many() ? post.key() + " " + i : post.key();
                    flight.notice(notice, id, key, now.toEpochMilli());
                }
            }
        } finally {
            flight.seal();
        }
    }

    private void addKeyed(Post post, NoticeSubmission flight, long started) {
        try {
            Duration left = deadline.minusNanos(System.nanoTime() - started);
            post.topic().keys().catchUp(left, context.clock().millis());
        } catch (KafkaException | IllegalStateException e) {
            log.warn("Could not look for a key topic={} reason={}", post.topic().name(), e.toString());
            refuse(
                    post,
                    flight,
                    "Kafka did not tell within " + deadline.toMillis()
                            + " ms whether the key was used before; this request wrote nothing, send it again with the same key");
            return;
        }
        flight.waited(System.nanoTime() - started);
        add(post, flight);
    }

    private static void refuse(Post post, NoticeSubmission flight, String reason) {
        flight.refuseRest(post.notices().size(), new Refusal(Refusal.Code.UNAVAILABLE, reason));
        flight.seal();
    }

    /** Ends the work on notices with keys, at most after the time that a request may wait. */
    void stop() {
        keyed.execute(() -> topics.values().forEach(topic -> topic.keys().close()));
        keyed.shutdown();
        try {
            if (!keyed.awaitTermination(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                keyed.shutdownNow();
            }
        } catch (InterruptedException e) {
            keyed.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
