// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.replay;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.doctor.store.ReplayBook;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.replay.Replay;
import dev.hippo.wire.replay.ReplayPoint;
import dev.hippo.wire.replay.ReplayRefused;
import dev.hippo.wire.replay.TopicRange;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies ranges of topics one after the other. What a Doctor that is killed was about stands in Kafka: the same order to the next one goes on with it.
 * Thread-safe.
 */
public final class Replays implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Replays.class);
    private static final int MOST_KEPT = 100;

    /** A copy tells how far it is not after every batch of records. */
    private static final Duration TOLD_EVERY = Duration.ofSeconds(1);

    private final KafkaConnection kafka;
    private final ReplayBook book;
    private final InstantSource clock;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "replay");
        made.setDaemon(true);
        return made;
    });
    private final Map<String, State> states = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
            return size() > MOST_KEPT;
        }
    };
    private volatile boolean stopped;

    /** What is asked for. */
    public record Order(String pipeline, String topic, String from, String to, String into, boolean again) {
        /** What would be copied, as the API tells it. */
        public ObjectNode toJson(TopicRange range) {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("topic", topic);
            if (!into.isEmpty()) {
                json.put("into", into);
            }
            ArrayNode spans = json.putArray("range");
            range.sorted()
                    .forEach((shard, span) -> spans.addObject()
                            .put("partition", shard)
                            .put("from", span.from())
                            .put("to", span.to()));
            return json;
        }
    }

    /**
     * How a replay is.
     *
     * @param state queued, running, done, stopped or failed
     * @param copied records so far
     * @param text why it failed, for people
     */
    public record State(String id, Order order, TopicRange range, String state, long copied, String text) {
        /** As the API tells it. */
        public ObjectNode toJson() {
            ObjectNode json =
                    order.toJson(range).put("replay_id", id).put("state", state).put("records", copied);
            return text.isEmpty() ? json : json.put("error_text", text);
        }

        State now(String word, long records, String why) {
            return new State(id, order, range, word, records, why);
        }
    }

    /** @param book where the next Doctor finds what this one has copied */
    public Replays(KafkaConnection kafka, ReplayBook book, InstantSource clock) {
        this.kafka = kafka;
        this.book = book;
        this.clock = clock;
    }

    /** A range of a topic as it is now. */
    public TopicRange range(Order order) throws KafkaUnavailable, ReplayRefused {
        try (Replay replay = Replay.of(kafka, order.topic())) {
            return replay.range(ReplayPoint.parse(order.from()), ReplayPoint.parse(order.to()));
        }
    }

    /** How many records a range has. */
    public long count(TopicRange range) throws KafkaUnavailable, ReplayRefused {
        try (Replay replay = Replay.of(kafka, range.topic())) {
            return replay.count(range);
        }
    }

    /** Begins a replay, or goes on with it, in the background. */
    public State start(Order order) throws KafkaUnavailable, ReplayRefused {
        try (Replay replay = Replay.of(kafka, order.topic())) {
            TopicRange range = replay.range(ReplayPoint.parse(order.from()), ReplayPoint.parse(order.to()));
            replay.target(order.into());
            String id = replay.id(order.pipeline(), order.from(), order.to(), order.into(), order.again());
            State begun = new State(id, order, range, "queued", 0, "");
            synchronized (states) {
                State known = states.get(id);
                if (known != null && List.of("queued", "running").contains(known.state())) {
                    return known;
                }
                states.put(id, begun);
            }
            write(begun);
            thread.execute(() -> run(begun));
            return begun;
        }
    }

    private void run(State begun) {
        try (Replay replay = Replay.of(kafka, begun.order().topic())) {
            put(begun.now("running", 0, ""));
            Progress progress = new Progress();
            Replay.Outcome outcome = replay.copy(
                    begun.id(),
                    begun.range(),
                    begun.order().into(),
                    copied -> progress.is(begun.now("running", copied, "")),
                    () -> stopped);
            put(begun.now(outcome.complete() ? "done" : "stopped", outcome.copied(), ""));
            log.info(
                    "Replayed id={} topic={} into={} records={}",
                    begun.id(),
                    begun.order().topic(),
                    begun.order().into(),
                    outcome.copied());
        } catch (KafkaUnavailable | ReplayRefused | RuntimeException e) {
            log.warn("A replay has failed id={}", begun.id(), e);
            put(begun.now("failed", known(begun.id()), String.valueOf(e.getMessage())));
        }
    }

    /** Used by one thread. */
    private final class Progress {
        private Instant told = clock.instant();

        void is(State state) {
            synchronized (states) {
                states.put(state.id(), state);
            }
            if (!clock.instant().isBefore(told.plus(TOLD_EVERY))) {
                told = clock.instant();
                write(state);
            }
        }
    }

    private void put(State state) {
        synchronized (states) {
            states.put(state.id(), state);
        }
        write(state);
    }

    /** The copy itself needs no database. */
    private void write(State state) {
        try {
            book.write(state.id(), state.toJson(), clock.instant());
        } catch (SQLException e) {
            log.warn("How a replay is was not written down id={} state={}", state.id(), state.state(), e);
        }
    }

    private long known(String id) {
        synchronized (states) {
            State state = states.get(id);
            return state == null ? 0 : state.copied();
        }
    }

    /** The last hundred, the oldest first: those of Doctors before this one too. */
    public List<ObjectNode> all() throws SQLException {
        List<ObjectNode> all = book.read(MOST_KEPT, clock.instant());
        synchronized (states) {
            for (ObjectNode replay : all) {
                State newer = states.get(replay.path("replay_id").asText());
                if (newer != null) {
                    replay.setAll(newer.toJson());
                }
            }
        }
        return all;
    }

    /** Ends the running one after its next transaction. */
    @Override
    public void close() {
        stopped = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
