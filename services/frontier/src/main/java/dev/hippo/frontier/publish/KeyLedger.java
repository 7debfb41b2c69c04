// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import dev.hippo.contracts.Violation;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Which notice was written under which key, and where: the latest keys of the last day. Thread-safe. */
final class KeyLedger {
    /** How long a key is known. */
    static final Duration KEPT = Duration.ofHours(24);

    private final int most;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * Knows nothing yet.
     *
     * @param most how many keys are known at most; beyond it the oldest are forgotten
     */
    KeyLedger(int most) {
        this.most = most;
    }

    /** What the use of a key means. */
    enum Meaning {
        /** Nothing is known under the key: the notice is to be written. */
        NEW,
        /** This notice is written, or on its way. */
        SAME,
        /** Another notice has the key. */
        OTHER
    }

    private record Settled(
            @Nullable RecordMetadata metadata, @Nullable Exception failure) {}

    private record Entry(long fingerprint, long millis, CompletableFuture<Settled> end) {}

    /** One use of a key. */
    final class Use {
        private final String key;
        private final Meaning meaning;
        private final Entry entry;

        private Use(String key, Meaning meaning, Entry entry) {
            this.key = key;
            this.meaning = meaning;
            this.entry = entry;
        }

        Meaning meaning() {
            return meaning;
        }

        /** Tells, of a new one, what Kafka said of it. A key whose notice was not acknowledged is free again. */
        void settled(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
            if (failure != null || metadata == null) {
                forget(key, entry);
            }
            entry.end().complete(new Settled(metadata, failure));
        }

        /** Tells, of the same one, what Kafka said of it or will say. */
        void whenSettled(Callback answer) {
            entry.end().thenAccept(settled -> answer.onCompletion(settled.metadata(), settled.failure()));
        }
    }

    /** Uses a key for a notice. */
    synchronized Use use(String key, byte[] notice, long now) {
        Entry known = entries.get(key);
        long fingerprint = fingerprint(notice);
        if (known != null && known.millis() > now - KEPT.toMillis()) {
            return new Use(key, known.fingerprint() == fingerprint ? Meaning.SAME : Meaning.OTHER, known);
        }
        Entry entry = new Entry(fingerprint, now, new CompletableFuture<>());
        put(key, entry);
        return new Use(key, Meaning.NEW, entry);
    }

    /** Takes over what stands on the topic. Of several notices under one key the first counts. */
    void read(String key, byte[] notice, long millis, TopicPartition partition, long offset) {
        // tells the waiting ones, so that it is not done under the lock
        entry(key, notice, millis)
                .end()
                .complete(new Settled(new RecordMetadata(partition, offset, 0, millis, -1, -1), null));
    }

    private synchronized Entry entry(String key, byte[] notice, long millis) {
        Entry known = entries.get(key);
        if (known != null && known.millis() > millis - KEPT.toMillis()) {
            return known;
        }
        Entry entry = new Entry(fingerprint(notice), millis, new CompletableFuture<>());
        put(key, entry);
        return entry;
    }

    synchronized int size() {
        return entries.size();
    }

    private void put(String key, Entry entry) {
        entries.remove(key);
        entries.put(key, entry);
        Iterator<Entry> oldest = entries.values().iterator();
        while (entries.size() > most) {
            oldest.next();
            oldest.remove();
        }
    }

    private synchronized void forget(String key, Entry entry) {
        entries.remove(key, entry);
    }

    static Refusal reused(String key) {
        String reason = "key '" + key + "' was used for another notice within the last " + KEPT.toHours()
                + " hours; the same key stands for the same bytes, so give this notice a key of its own";
        return Refusal.invalid("notice", List.of(new Violation("idempotency_key", "idempotency_key.reused", reason)));
    }

    private static long fingerprint(byte[] notice) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(notice))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
