// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the log that the server keeps for the slot: that it grows is told before the disk is full, and that the server will take it away before it does. Used by the thread that reads;
 * {@link #retained} may be asked by any.
 */
final class SlotWatch {
    private static final Logger log = LoggerFactory.getLogger(SlotWatch.class);
    private static final long EVERY = TimeUnit.SECONDS.toNanos(30);
    private static final long MIB = 1L << 20;
    /** The first growth that is told, in bytes; then each doubling. */
    private static final long FIRST_TOLD = 1024 * MIB;

    private static final String LOOK = """
            select coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint, coalesce(safe_wal_size, -1), coalesce(wal_status, '')
            from pg_replication_slots where slot_name = ?""";

    private final Connections connections;
    private final String slot;
    private volatile long retained = -1;
    private long next = System.nanoTime();
    private long tell = FIRST_TOLD;

    SlotWatch(Connections connections, String slot) {
        this.connections = connections;
        this.slot = slot;
    }

    /** How much log the server keeps for the slot, in bytes, as of the last look; -1 before the first. */
    long retained() {
        return retained;
    }

    /** Looks, if it is time to. */
    void look() throws SourceFailure {
        if (System.nanoTime() - next < 0) {
            return;
        }
        next = System.nanoTime() + EVERY;
        Connection connection = connections.open();
        try (PreparedStatement query = connection.prepareStatement(LOOK)) {
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                if (row.next()) {
                    String news = seen(row.getLong(1), row.getLong(2), row.getString(3));
                    if (!news.isEmpty()) {
                        log.warn("{}", news);
                    }
                }
            }
        } catch (SQLException e) {
            throw Refusal.of("The state of the slot cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    /**
     * What was seen.
     *
     * @param bytes kept for the slot
     * @param left how much more may be written before the server takes the log away; -1 if nothing bounds it
     * @return what somebody should know of it; empty if nothing is new
     */
    String seen(long bytes, long left, String status) {
        retained = bytes;
        if (bytes < tell / 2) {
            tell = FIRST_TOLD;
        }
        if (bytes >= tell) {
            while (tell <= bytes) {
                tell *= 2;
            }
            return "The server keeps " + bytes / MIB + " MiB of log for slot " + slot
                    + (left < 0
                            ? "; nothing bounds it: max_slot_wal_keep_size does"
                            : "; after " + left / MIB
                                    + " MiB more it takes the log away, and only a new snapshot helps");
        }
        return status.equals("unreserved")
                ? "The server is about to take the log of slot " + slot + " away: it is behind max_slot_wal_keep_size"
                : "";
    }
}
