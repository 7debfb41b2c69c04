// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyDual;

/**
 * The server's stream of log messages. On {@link CopyDual} itself and not on the driver's replication stream above it, because that answers the server by itself: it swallows the
 * signs of life, which alone say how far a log without matching changes was read, and may tell the server to forget what nobody has stored. Not thread-safe.
 */
final class Feed {
    private static final Instant SERVER_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int STATUS_LENGTH = 34;

    private final Connections connections;
    private final PostgresSettings settings;
    private final InstantSource clock;
    private final CopyDual copy;

    private Feed(Connections connections, PostgresSettings settings, InstantSource clock, CopyDual copy) {
        this.connections = connections;
        this.settings = settings;
        this.clock = clock;
        this.copy = copy;
    }

    static Feed start(
            Connections connections, PostgresSettings settings, InstantSource clock, Connection connection, long from)
            throws SourceFailure {
        String publications = Names.literal(Names.quoted(settings.publication()));
        String command = "START_REPLICATION SLOT " + Names.quoted(settings.slot()) + " LOGICAL " + Lsn.text(from)
                + " (proto_version '1', publication_names " + publications + ")";
        try {
            CopyDual copy = connection.unwrap(PGConnection.class).getCopyAPI().copyDual(command);
            return new Feed(connections, settings, clock, copy);
        } catch (SQLException e) {
            throw broken(settings, e);
        }
    }

    /** Waits for a message; null once the source is closed. */
    byte @Nullable [] next() throws SourceFailure {
        try {
            byte[] message = copy.readFromCopy(true);
            if (message == null && !connections.closed()) {
                throw new SourceFailure(Kind.PASSING, "PostgreSQL ended the stream of slot '" + settings.slot() + "'");
            }
            return message;
        } catch (SQLException e) {
            if (connections.closed()) {
                return null;
            }
            throw broken(settings, e);
        }
    }

    /**
     * Tells the server how far it was read.
     *
     * @param stored what it may forget up to; 0 tells nothing of that
     */
    void status(long received, long stored) throws SourceFailure {
        byte[] message = new byte[STATUS_LENGTH];
        ByteBuffer.wrap(message)
                .put((byte) 'r')
                .putLong(received)
                .putLong(stored)
                .putLong(stored)
                .putLong(SERVER_EPOCH.until(clock.instant(), ChronoUnit.MICROS));
        try {
            copy.writeToCopy(message, 0, message.length);
            copy.flushCopy();
        } catch (SQLException e) {
            if (!connections.closed()) {
                throw broken(settings, e);
            }
        }
    }

    private static SourceFailure broken(PostgresSettings settings, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        boolean gone = state.equals("55000") || state.equals(Refusal.NOT_THERE);
        if (gone) {
            return new SourceFailure(
                    Kind.GONE,
                    "Slot '" + settings.slot() + "' with publication '" + settings.publication()
                            + "' cannot be read on: " + Refusal.words(e)
                            + "; changes are missing for good. Take a new snapshot, or order a jump to the present",
                    e);
        }
        return Refusal.of("Slot '" + settings.slot() + "' cannot be read", e);
    }
}
