// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the messages of {@code pgoutput} (protocol 1, values as text) to whole transactions. <a
 * href="https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html">The messages</a>. Not thread-safe.
 */
final class Transactions {
    /** Of PostgreSQL's clock, which begins in the year 2000. */
    private static final long EPOCH_SECONDS = 946_684_800;

    private static final int MICROS = 1_000_000;

    private final Map<Integer, Version> versions = new HashMap<>();
    private final Relations relations;
    private final ChangeListener listener;
    private final long epoch;
    private final Tuple before = new Tuple();
    private final Tuple row = new Tuple();

    private long told;
    private boolean open;
    /** Whether the listener knows of the open transaction: not before its first change of interest. */
    private boolean begun;

    private int xid;
    private long committedAt;
    private int lastRelation;
    private @Nullable TableEncoder lastEncoder;

    /** What was told of a table last. */
    private record Version(byte[] message, @Nullable TableEncoder encoder) {}

    /**
     * For the messages behind a place.
     *
     * @param from everything told has to be behind
     */
    Transactions(long epoch, long from, Relations relations, ChangeListener listener) {
        this.epoch = epoch;
        this.told = from;
        this.relations = relations;
        this.listener = listener;
    }

    /** The last place of which the listener was told. */
    long told() {
        return told;
    }

    /** The server has nothing of interest up to here. */
    void reached(long lsn) throws InterruptedException {
        if (!open && Long.compareUnsigned(lsn, told) > 0) {
            told = lsn;
            listener.advanced(Lsn.position(epoch, lsn));
        }
    }

    /** A message, from a place in the bytes to their end. */
    void read(byte[] message, int from) throws SourceFailure, InterruptedException {
        int at = from + 1;
        switch (message[from]) {
            case 'I' -> {
                TableEncoder encoder = encoder(message, at);
                if (encoder != null) {
                    row.read(message, at + 5);
                    encoder.insert(row, listener);
                }
            }
            case 'U' -> update(message, at);
            case 'D' -> {
                TableEncoder encoder = encoder(message, at);
                if (encoder != null) {
                    before.read(message, at + 5);
                    encoder.delete(before, listener);
                }
            }
            case 'B' -> {
                committedAt = Bytes.longAt(message, at + 8);
                xid = Bytes.intAt(message, at + 16);
                open = true;
            }
            case 'C' -> commit(Bytes.longAt(message, at + 9));
            case 'R' -> relation(message, at);
            case 'T' -> truncate(message, at);
            case 'O', 'Y', 'M' -> {
                // where a transaction was first, a type's name, an application's own words: nothing of a row
            }
            default ->
                throw new SourceFailure(
                        Kind.SETTING,
                        "PostgreSQL sent a message '" + (char) message[from]
                                + "', which version 1 of its protocol does not have");
        }
    }

    private void update(byte[] message, int from) throws SourceFailure, InterruptedException {
        TableEncoder encoder = encoder(message, from);
        if (encoder == null) {
            return;
        }
        int at = from + 4;
        byte kind = message[at++];
        if (kind == 'N') {
            row.read(message, at);
            encoder.update(null, false, row, listener);
        } else {
            at = before.read(message, at);
            row.read(message, at + 1);
            encoder.update(before, kind == 'O', row, listener);
        }
    }

    /** Of the table of a change, which begins the transaction for the listener; null if the table is not asked for. */
    private @Nullable TableEncoder encoder(byte[] message, int at) throws SourceFailure, InterruptedException {
        int relation = Bytes.intAt(message, at);
        if (relation != lastRelation) {
            Version version = versions.get(relation);
            if (version == null) {
                throw new SourceFailure(
                        Kind.PASSING, "PostgreSQL told a row of relation " + relation + " and not what that is");
            }
            lastRelation = relation;
            lastEncoder = version.encoder();
        }
        if (lastEncoder != null && !begun) {
            begun = true;
            listener.begin(Integer.toUnsignedString(xid), time(committedAt));
        }
        return lastEncoder;
    }

    static Instant time(long micros) {
        return Instant.ofEpochSecond(
                EPOCH_SECONDS + Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L);
    }

    /** It is told again whenever the server has forgotten that it did, mostly with nothing new. */
    private void relation(byte[] message, int at) throws SourceFailure {
        int relation = Bytes.intAt(message, at);
        byte[] words = Arrays.copyOfRange(message, at, message.length);
        Version known = versions.get(relation);
        if (known == null || !Arrays.equals(words, known.message())) {
            versions.put(relation, new Version(words, relations.encoder(RelationMessage.read(message, at + 4))));
            lastRelation = 0;
        }
    }

    private void truncate(byte[] message, int from) throws SourceFailure, InterruptedException {
        int count = Bytes.intAt(message, from);
        for (int i = 0; i < count; i++) {
            TableEncoder encoder = encoder(message, from + 5 + 4 * i);
            if (encoder != null) {
                encoder.truncate(listener);
            }
        }
    }

    private void commit(long end) throws SourceFailure, InterruptedException {
        if (Long.compareUnsigned(end, told) <= 0) {
            throw new SourceFailure(
                    Kind.GONE,
                    "The log went back: a transaction that ends at " + Lsn.text(end) + " came after " + Lsn.text(told)
                            + ". The server is another, or was restored from a back-up: raise the epoch, and take a new snapshot");
        }
        open = false;
        told = end;
        if (begun) {
            begun = false;
            listener.commit(Lsn.position(epoch, end));
        } else {
            listener.advanced(Lsn.position(epoch, end));
        }
    }
}
