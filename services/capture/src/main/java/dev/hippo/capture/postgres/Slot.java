// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's memory of how far its log was read: it keeps everything behind that. */
final class Slot {
    private static final Logger log = LoggerFactory.getLogger(Slot.class);

    private static final String STATE = """
            select coalesce(plugin, 'physical'), database is not distinct from current_database(), coalesce(active_pid, 0), confirmed_flush_lsn::text,
              coalesce(wal_status, ''), coalesce(database, '') from pg_replication_slots where slot_name = ?""";

    /** Of a slot's name, for a suffix behind it. */
    private static final int LONGEST_NAME = 54;

    private static final String PLUGIN = "pgoutput";

    private final PostgresSettings settings;
    private final Connections connections;
    private final String name;

    Slot(PostgresSettings settings, Connections connections) {
        this.settings = settings;
        this.connections = connections;
        this.name = settings.slot();
    }

    /**
     * As the server has it.
     *
     * @param reader the process that reads it, 0 if none
     * @param confirmed up to where the log is not needed any more
     */
    record State(int reader, long confirmed, boolean lost) {}

    /** A slot and the rows of its moment. */
    record Made(long consistent, String snapshot) {}

    /** Null if it is not there. */
    @Nullable
    State state(Connection connection) throws SourceFailure, SQLException {
        try (PreparedStatement query = connection.prepareStatement(STATE)) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                String plugin = row.getString(1);
                if (!plugin.equals(PLUGIN) || !row.getBoolean(2)) {
                    throw new SourceFailure(
                            Kind.SETTING,
                            "Slot '" + name + "' is another's: it is of " + plugin + " in database '" + row.getString(6)
                                    + "'; give this source a slot of its own, or drop that one by SELECT pg_drop_replication_slot("
                                    + Names.literal(name) + ") if nobody needs it");
                }
                String confirmed = row.getString(4);
                String status = row.getString(5);
                return new State(row.getInt(3), confirmed == null ? 0 : Lsn.parse(confirmed), status.equals("lost"));
            }
        }
    }

    /** Checks that the log behind a place is still there. */
    void reachesBackTo(Connection connection, long place) throws SourceFailure, SQLException {
        State state = state(connection);
        if (state == null) {
            throw gone("is not there any more, so the server has not kept its log");
        }
        if (state.lost()) {
            throw gone("was too far behind, and the server has removed the log it needs (wal_status is lost)");
        }
        free(state);
        if (Long.compareUnsigned(state.confirmed(), place) > 0) {
            throw gone("was read by somebody up to " + Lsn.text(state.confirmed())
                    + " and the log before that was given up, but " + Lsn.text(place) + " is asked for");
        }
        long end = now(connection);
        if (Long.compareUnsigned(end, place) < 0) {
            throw new SourceFailure(
                    Kind.GONE,
                    "The server's log ends at " + Lsn.text(end) + ", before " + Lsn.text(place)
                            + " which is stored: it is another server, or was restored from a back-up. Raise the epoch, and take a new snapshot");
        }
    }

    private SourceFailure gone(String why) {
        return new SourceFailure(
                Kind.GONE,
                "Slot '" + name + "' " + why
                        + "; changes are missing for good. Take a new snapshot, or order a jump to the present");
    }

    private void free(State state) throws SourceFailure {
        if (state.reader() != 0) {
            throw new SourceFailure(
                    Kind.PASSING,
                    "Slot '" + name + "' is being read by the server's process " + state.reader()
                            + " for somebody; it is free as soon as that one stops (pg_stat_replication tells who it is)");
        }
    }

    static long now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_current_wal_insert_lsn()::text")) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    /** Makes it if it is not there, or is there and of no use any more. */
    void ensure(Connection connection) throws SourceFailure, SQLException {
        State state = state(connection);
        if (state != null && state.lost()) {
            drop(connection);
        }
        if (state == null || state.lost()) {
            log.info("Slot {} is made, which waits for the end of all transactions that write", name);
            try (PreparedStatement make =
                    connection.prepareStatement("select pg_create_logical_replication_slot(?, '" + PLUGIN + "')")) {
                make.setString(1, name);
                make.execute();
            } catch (SQLException e) {
                throw refused(e);
            }
        }
    }

    /** If it is there, and nobody reads it. */
    void drop(Connection connection) throws SourceFailure, SQLException {
        State state = state(connection);
        if (state == null) {
            return;
        }
        free(state);
        log.info("Slot {} is dropped, to be made again", name);
        try (PreparedStatement drop = connection.prepareStatement("select pg_drop_replication_slot(?)")) {
            drop.setString(1, name);
            drop.execute();
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** Makes it, with a snapshot that lives as long as the connection does nothing else. */
    Made make(Connection replication) throws SourceFailure {
        log.info("Slot {} is made, which waits for the end of all transactions that write", name);
        return make(replication, Names.quoted(name));
    }

    /** Makes one beside it that goes with the connection; the snapshot too, for whom has not begun with it by then. */
    Made makeForAMoment(Connection replication) throws SourceFailure {
        String shortened = name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
        // the one before it may go a little later than its connection
        String own = Integer.toHexString(ThreadLocalRandom.current().nextInt());
        return make(replication, Names.quoted(shortened + "_" + own) + " TEMPORARY");
    }

    private Made make(Connection replication, String slot) throws SourceFailure {
        try (Statement statement = replication.createStatement();
                ResultSet row = statement.executeQuery(
                        "CREATE_REPLICATION_SLOT " + slot + " LOGICAL " + PLUGIN + " EXPORT_SNAPSHOT")) {
            row.next();
            return new Made(Lsn.parse(row.getString("consistent_point")), row.getString("snapshot_name"));
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private SourceFailure refused(SQLException e) {
        return Refusal.NO_RIGHT.equals(e.getSQLState())
                ? connections.noReplication(e)
                : Refusal.of("Slot '" + settings.slot() + "' cannot be made or dropped", e);
    }
}
