// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.LogState;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SourceFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the log that the server keeps for the slot: that it grows is told before the disk is full, and that the server will take it away before it does. Used by one thread.
 */
final class SlotWatch implements LogWatch {
    private static final Logger log = LoggerFactory.getLogger(SlotWatch.class);
    private static final long MIB = 1L << 20;
    /** The first growth that is told, in bytes; then each doubling. */
    private static final long FIRST_TOLD = 1024 * MIB;

    private static final String LOOK = """
            select pg_current_wal_flush_lsn()::text, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), slot.restart_lsn), 0)::bigint,
              coalesce(slot.safe_wal_size, -1), coalesce(slot.wal_status, '')
            from (select ?::text as name) as wanted left join pg_replication_slots as slot on slot.slot_name = wanted.name""";

    private final Connections connections;
    private final String slot;
    private final long epoch;
    private @Nullable Connection connection;
    private long tell = FIRST_TOLD;
    private boolean endTold;

    /**
     * Does not connect yet.
     *
     * @param epoch of the positions
     */
    SlotWatch(Connections connections, String slot, long epoch) {
        this.connections = connections;
        this.slot = slot;
        this.epoch = epoch;
    }

    @Override
    public LogState look(@Nullable Position stored) throws SourceFailure {
        Connection open = connection;
        if (open == null) {
            open = connections.open();
            connection = open;
        }
        try (PreparedStatement query = open.prepareStatement(LOOK)) {
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                long end = Lsn.parse(row.getString(1));
                long kept = row.getLong(2);
                String news = seen(kept, row.getLong(3), row.getString(4));
                if (!news.isEmpty()) {
                    log.warn("{}", news);
                }
                long behind = stored == null ? -1 : Math.max(0, end - Lsn.of(stored));
                return new LogState(Lsn.position(epoch, end), behind, kept);
            }
        } catch (SQLException e) {
            close();
            throw Refusal.of("The state of the slot cannot be read", e);
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
        if (bytes < tell / 2) {
            tell = FIRST_TOLD;
        }
        boolean ends = status.equals("unreserved");
        boolean endIsNew = ends && !endTold;
        endTold = ends;
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
        return endIsNew
                ? "The server is about to take the log of slot " + slot + " away: it is behind max_slot_wal_keep_size"
                : "";
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            connections.close(open);
        }
    }
}
