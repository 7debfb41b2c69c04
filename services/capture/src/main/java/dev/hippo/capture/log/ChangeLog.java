// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.log;

import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the changes of a source to Kafka. Whole transactions of the source, as many as wait, are one transaction of Kafka, together with the position behind them; so each change
 * is there once, whatever is killed, and readers of committed records see no half of one. A second process of the same hippo takes the right to write from the first. Used by one
 * thread.
 */
public final class ChangeLog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    /** After so many changes a transaction of Kafka is not made larger by further ones of the source. */
    private static final int ENOUGH_CHANGES = 20_000;
    /** With its headers; the topics take a little less. */
    private static final int LARGEST_RECORD = 33 << 20;

    private final HippoContext context;
    private final String positions;
    private final byte[] key;
    private final Set<String> tables;
    /** By table; one that is told among all changes alone is not here. */
    private final Map<String, LatestRows> latest = new HashMap<>();

    private final @Nullable AllChanges all;
    private final KafkaProducer<byte[], byte[]> producer;
    /** Where the topics ended before a snapshot that is under way; null when there is none. */
    private @Nullable Map<String, Map<TopicPartition, Long>> beforeSnapshot;

    private volatile @Nullable StoredPosition last;
    private volatile boolean stopped;

    public ChangeLog(HippoContext context) {
        this.context = context;
        String name = context.pipeline().name() + "/" + context.hippo().name();
        this.positions = Capture.positionsTopic(
                context.pipeline().name(), context.hippo().name());
        this.key = name.getBytes(StandardCharsets.UTF_8);
        Capture capture = context.hippo().settings(Capture.class);
        this.tables = Set.copyOf(capture.tables());
        capture.topics().forEach((table, topic) -> {
            TopicSpec spec = context.pipeline().topic(topic);
            latest.put(
                    table,
                    new LatestRows(
                            spec, context.contracts().contract(spec.contract()).orElseThrow(), "hippo/" + name));
        });
        String changes = capture.changes();
        this.all = changes.isEmpty() ? null : new AllChanges(context.pipeline(), context.hippo(), "hippo/" + name);
        Map<String, Object> client =
                context.kafka().clientProperties("changes-" + context.hippo().name());
        client.put("transactional.id", "hippo/" + name + "/changes");
        client.put("acks", "all");
        client.put("compression.type", "lz4");
        client.put("linger.ms", 5);
        client.put("batch.size", 256 << 10);
        client.put("transaction.timeout.ms", (int) Duration.ofMinutes(10).toMillis());
        client.put("retry.backoff.ms", 5);
        client.put("max.request.size", LARGEST_RECORD);
        client.put("buffer.memory", 2L * LARGEST_RECORD);
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Ends what an earlier process had begun, keeps it from writing any more, and tells how far it had come.
     *
     * @throws HippoFailure if what it wrote cannot be read
     */
    Beginning takeOver() throws KafkaUnavailable, HippoFailure {
        producer.initTransactions();
        StoredPosition stored = new StoredPositions(
                        context.kafka(),
                        context.pipeline().name(),
                        context.hippo().name())
                .lastStored();
        Position from = null;
        Set<String> lacking = new HashSet<>(tables);
        if (stored != null) {
            last = stored;
            from = stored.position();
            context.progress().position(stored.described());
            lacking.removeAll(stored.tables());
        }
        Map<String, Map<TopicPartition, Long>> ends = new HashMap<>();
        for (String table : lacking) {
            if (latest.containsKey(table)) {
                ends.put(table, keys(table).ends());
            }
        }
        beforeSnapshot = ends.isEmpty() ? null : ends;
        return new Beginning(from, lacking);
    }

    /**
     * Writes what comes, until {@link #stop}. What is not whole then is not written.
     *
     * @throws SourceFailure if a change cannot be brought to where it is to go
     * @throws HippoFailure if another process has taken over
     * @throws KafkaUnavailable if the rows that a topic has cannot be read
     */
    void write(PieceQueue pieces, ChangeSource source)
            throws InterruptedException, SourceFailure, HippoFailure, KafkaUnavailable {
        try {
            while (!stopped) {
                Piece piece = pieces.next(POLL);
                if (piece != null) {
                    transaction(piece, pieces, source);
                }
            }
        } catch (ProducerFencedException e) {
            throw new HippoFailure(
                    "another process runs hippo '" + context.hippo().name() + "' of pipeline '"
                            + context.pipeline().name() + "' now; this one ends",
                    e);
        } catch (KafkaException e) {
            if (e instanceof RecordTooLargeException || e.getCause() instanceof RecordTooLargeException) {
                throw new HippoFailure(
                        "a change is larger than its topic takes: " + e.getMessage()
                                + "; give the topic config: {max.message.bytes: BYTES}, at most " + LARGEST_RECORD
                                + ", or leave the large column out of the contract",
                        e);
            }
            throw e;
        }
    }

    private void transaction(Piece begun, PieceQueue pieces, ChangeSource source)
            throws InterruptedException, SourceFailure, KafkaUnavailable {
        producer.beginTransaction();
        boolean done = false;
        try {
            int changes = 0;
            Piece last = begun;
            End end = null;
            for (Piece piece = begun; piece != null; piece = next(pieces, piece, changes)) {
                send(piece);
                changes += piece.changes().size();
                end = End.behind(piece, end);
                last = piece;
            }
            if (last.whole()) {
                commit(end, last, source);
                done = true;
                context.progress().in(changes);
                context.progress().out(changes);
            }
        } finally {
            if (!done) {
                producer.abortTransaction();
            }
        }
    }

    /** Commits, and lets the source forget its log up to there. */
    private void commit(@Nullable End end, Piece piece, ChangeSource source) throws KafkaUnavailable {
        if (end == null) {
            producer.commitTransaction();
            return;
        }
        Map<String, Map<TopicPartition, Long>> before = beforeSnapshot;
        if (before != null) {
            // the rows first: what they have not touched then is what an earlier snapshot told and is gone
            producer.commitTransaction();
            producer.beginTransaction();
            Stamp stamp = new Stamp(piece, context.clock().instant());
            for (Map.Entry<String, Map<TopicPartition, Long>> table : before.entrySet()) {
                Consumer<byte[]> gone = gone(table.getKey(), stamp.place("gone"), stamp);
                keys(table.getKey()).olderThan(table.getValue(), gone);
            }
            beforeSnapshot = null;
        }
        StoredPosition stored = new StoredPosition(end.place(), source.describe(end.place()), tables, committedAt(end));
        producer.send(new ProducerRecord<>(positions, key, stored.toBytes()));
        producer.commitTransaction();
        last = stored;
        source.stored(end.place());
        context.progress().position(stored.described());
    }

    /** Of the last transaction before a place: rows that are read beside the log are none, and what this process knows of none has been told by one before it. */
    private Instant committedAt(End end) {
        StoredPosition before = last;
        if (before != null
                && (end.committedAt().equals(Instant.EPOCH) || end.place().equals(before.position()))) {
            return before.committedAt();
        }
        return end.committedAt();
    }

    /** Where the last piece of a transaction of Kafka that has a place in the log ends, and when the last of the source's was committed; rows that are read beside the log are none. */
    private record End(Position place, Instant committedAt) {
        static @Nullable End behind(Piece piece, @Nullable End before) {
            Position place = piece.end();
            if (place == null) {
                return before;
            }
            if (piece.progress() == null) {
                return new End(place, piece.committedAt());
            }
            return new End(place, before == null ? Instant.EPOCH : before.committedAt());
        }
    }

    /** How far the source is stored; null if nothing is. May be asked by any thread. */
    @Nullable
    StoredPosition last() {
        return last;
    }

    /** What else belongs into this transaction of Kafka; null when there is nothing, or enough, or the end has come in the middle. */
    private @Nullable Piece next(PieceQueue pieces, Piece before, int changes) throws InterruptedException {
        if (before.whole()) {
            return changes < ENOUGH_CHANGES ? pieces.next() : null;
        }
        Piece next = null;
        while (next == null && !stopped) {
            next = pieces.next(POLL);
        }
        return next;
    }

    private LatestKeys keys(String table) {
        String client = "latest-rows-of-" + context.hippo().name();
        String topic = Objects.requireNonNull(latest.get(table)).topic();
        return new LatestKeys(context.kafka(), client, topic);
    }

    /** Takes the rows of a table away of whose keys it is told. */
    private Consumer<byte[]> gone(String table, byte[] place, Stamp stamp) {
        LatestRows rows = Objects.requireNonNull(latest.get(table));
        AtomicInteger number = new AtomicInteger();
        return key -> producer.send(rows.gone(key, number.getAndIncrement(), place, stamp));
    }

    private void send(Piece piece) throws SourceFailure, KafkaUnavailable {
        SnapshotProgress progress = piece.progress();
        if (progress != null) {
            byte[] of = SnapshotProgress.key(
                    context.pipeline().name(), context.hippo().name(), progress.table());
            producer.send(new ProducerRecord<>(positions, of, progress.toBytes()));
        }
        Stamp stamp = new Stamp(piece, context.clock().instant());
        for (int i = 0; i < piece.changes().size(); i++) {
            RowChange change = piece.changes().get(i);
            String table = change.table().fullName();
            byte[] place = stamp.place(i);
            if (all != null) {
                producer.send(all.record(stamp, i, table, place));
            }
            LatestRows rows = latest.get(table);
            if (rows == null) {
                continue;
            }
            if (change.op() == RowChange.Op.TRUNCATE) {
                producer.flush();
                keys(table).all(gone(table, place, stamp));
            } else {
                producer.send(rows.record(change, place, stamp));
            }
        }
    }

    /** Lets {@link #write} end after the transaction that is open. */
    void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
