// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A PostgreSQL database (14 and later), read by logical decoding. Makes its slot and its publication if they are not there. A change of a row's key is told as two changes of one
 * transaction: the old row is gone, and there is a new one.
 */
public final class PostgresSource implements ChangeSource {
    /** Of a message of the log: its kind, two places and a time. */
    private static final int HEADER = 25;

    private static final long STATUS_EVERY = TimeUnit.SECONDS.toNanos(1);

    private final PostgresSettings settings;
    private final Contracts contracts;
    private final InstantSource clock;
    private final Connections connections;
    private final Publication publication;
    private final Slot slot;
    private final Catalog catalog = new Catalog();
    private final AtomicLong stored = new AtomicLong();

    public PostgresSource(PostgresSettings settings, Contracts contracts, InstantSource clock) {
        this.settings = settings;
        this.contracts = contracts;
        this.clock = clock;
        this.connections = new Connections(settings);
        this.publication = new Publication(settings);
        this.slot = new Slot(settings, connections);
    }

    private List<TablePattern> patterns() throws SourceFailure {
        List<TablePattern> patterns = new ArrayList<>();
        for (String table : settings.tables()) {
            patterns.add(TablePattern.of(table));
        }
        return patterns;
    }

    @Override
    public List<SourceTable> tables() throws SourceFailure {
        List<TablePattern> patterns = patterns();
        Connection connection = connections.open();
        try {
            return tables(connection, patterns);
        } catch (SQLException e) {
            throw Refusal.of("The tables cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    private List<SourceTable> tables(Connection connection, List<TablePattern> patterns)
            throws SourceFailure, SQLException {
        return catalog.tables(connection, patterns).stream()
                .map(Catalog.Described::table)
                .toList();
    }

    @Override
    public Position now() throws SourceFailure {
        List<TablePattern> patterns = patterns();
        Connection connection = connections.open();
        try {
            checkServer(connection);
            publication.cover(connection, tables(connection, patterns));
            slot.ensure(connection);
            long now = Slot.now(connection);
            try (Statement statement = connection.createStatement()) {
                // its commit brings the log to the disk up to here, so that a crash of the server does not take the
                // place back
                statement.execute("select pg_logical_emit_message(true, 'hippo', '')");
            }
            return Lsn.position(settings.epoch(), now);
        } catch (SQLException e) {
            throw Refusal.of("The present place of the log cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        Connection connection = connections.open();
        try {
            checkServer(connection);
            publication.cover(connection, tables);
            slot.drop(connection);
            TableRows rows = new TableRows(settings, connection, contracts);
            rows.begin();
            // whoever may not read them is told so before there is a slot
            rows.lock(tables);
            connection.rollback();
            Position at = beginSnapshot(connection);
            rows.lock(tables);
            rows.checkNotWrittenAnew(tables);
            tell(tables, at, connection, rows, to);
            return at;
        } catch (SQLException e) {
            throw Refusal.of("The rows cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    @Override
    public void rows(List<SourceTable> tables, Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        Connection connection = connections.open();
        try {
            checkServer(connection);
            publication.cover(connection, tables);
            TableRows rows = new TableRows(settings, connection, contracts);
            rows.begin();
            rows.lock(tables);
            tell(tables, stored, connection, rows, to);
        } catch (SQLException e) {
            throw Refusal.of("The rows cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    @Override
    public Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure {
        Connection connection = connections.open();
        try {
            checkServer(connection);
            TableRows rows = new TableRows(settings, connection, contracts);
            rows.begin();
            Position at = moment(connection);
            rows.lock(List.of(table));
            rows.checkNotWrittenAnew(List.of(table));
            List<TablePattern> pattern = List.of(TablePattern.of(Names.quoted(table)));
            Instant takenAt = now(connection);
            Catalog.Described described = catalog.tables(connection, pattern).get(0);
            return new TableChunk(connection, described, contracts).read(range, most, at, takenAt);
        } catch (SQLException e) {
            throw Refusal.of("The rows of " + table.fullName() + " cannot be read in parts", e);
        } finally {
            connections.close(connection);
        }
    }

    private static Instant now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private void tell(List<SourceTable> tables, Position at, Connection connection, TableRows rows, SnapshotListener to)
            throws SourceFailure, SQLException, InterruptedException {
        List<TablePattern> patterns = new ArrayList<>();
        for (SourceTable table : tables) {
            patterns.add(TablePattern.of(Names.quoted(table)));
        }
        to.begin(at, now(connection));
        for (Catalog.Described table : catalog.tables(connection, patterns)) {
            rows.tell(table, to);
        }
        to.end();
        connection.commit();
    }

    /** Makes the slot, and lets the transaction see what was there at that place. */
    private Position beginSnapshot(Connection connection) throws SourceFailure, SQLException {
        return see(connection, slot::make);
    }

    /** Lets the transaction see what was there at a place of the log. */
    private Position moment(Connection connection) throws SourceFailure, SQLException {
        return see(connection, slot::makeForAMoment);
    }

    private Position see(Connection connection, Making making) throws SourceFailure, SQLException {
        Connection replication = connections.openForReplication(false);
        try (Statement statement = connection.createStatement()) {
            Slot.Made made = making.make(replication);
            statement.execute("SET TRANSACTION SNAPSHOT " + Names.literal(made.snapshot()));
            return Lsn.position(settings.epoch(), made.consistent());
        } finally {
            connections.close(replication);
        }
    }

    @FunctionalInterface
    private interface Making {
        Slot.Made make(Connection replication) throws SourceFailure;
    }

    /**
     * Makes ready for a reader of the log from a position, this one or another: checks server, slot and publication, and that the log reaches back.
     *
     * @throws SourceFailure if it does not, or another reads it
     */
    public void prepare(Position from) throws SourceFailure {
        Connection connection = connections.open();
        try {
            prepare(connection, patterns(), from);
        } catch (SQLException e) {
            throw Refusal.of("The log cannot be read", e);
        } finally {
            connections.close(connection);
        }
    }

    private void prepare(Connection connection, List<TablePattern> patterns, Position from)
            throws SourceFailure, SQLException {
        try {
            Lsn.of(from);
        } catch (IllegalArgumentException e) {
            throw SourceFailure.ofAnotherReader(from, e);
        }
        if (from.epoch() != settings.epoch()) {
            throw new SourceFailure(
                    Kind.GONE,
                    "Position " + describe(from) + " is of epoch " + from.epoch() + " and the source in epoch "
                            + settings.epoch() + "; take a new snapshot");
        }
        checkServer(connection);
        slot.reachesBackTo(connection, Lsn.of(from));
        if (!publication.exists(connection)) {
            throw new SourceFailure(
                    Kind.GONE,
                    "Publication '" + settings.publication()
                            + "' is not there any more, and PostgreSQL cannot tell what was changed without it. Take a new snapshot, or order a jump to the present");
        }
        publication.cover(connection, tables(connection, patterns));
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        List<TablePattern> patterns = patterns();
        Connection connection = connections.open();
        Connection replication = null;
        try {
            prepare(connection, patterns, from);
            replication = connections.openForReplication(true);
            Feed feed = Feed.start(connections, settings, clock, replication, Lsn.of(from));
            try (CatalogRelations relations =
                    new CatalogRelations(connections, connection, catalog, patterns, contracts)) {
                run(feed, new Transactions(settings.epoch(), Lsn.of(from), relations, to), Lsn.of(from));
            }
        } catch (SQLException e) {
            throw Refusal.of("The log cannot be read", e);
        } finally {
            if (replication != null) {
                connections.close(replication);
            }
            connections.close(connection);
        }
    }

    private void run(Feed feed, Transactions transactions, long from) throws SourceFailure, InterruptedException {
        long answered = System.nanoTime();
        long received = from;
        for (byte[] message = feed.next(); message != null; message = feed.next()) {
            boolean asked = false;
            if (message[0] == 'w') {
                transactions.read(message, HEADER);
                if (message[HEADER] != 'C') {
                    continue;
                }
            } else {
                // a sign of life: how far the server has read its log, its time, whether it wants an answer
                long reached = Bytes.longAt(message, 1);
                transactions.reached(reached);
                received = Long.compareUnsigned(reached, received) > 0 ? reached : received;
                asked = message[17] != 0;
            }
            long now = System.nanoTime();
            if (asked || now - answered > STATUS_EVERY) {
                answered = now;
                received = Long.compareUnsigned(transactions.told(), received) > 0 ? transactions.told() : received;
                long forget = stored.get();
                feed.status(received, Long.compareUnsigned(forget, from) > 0 ? forget : 0);
            }
        }
    }

    private static void checkServer(Connection connection) throws SourceFailure, SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_setting('wal_level'), pg_is_in_recovery(), "
                        + "current_setting('server_version_num')::int, current_setting('server_version')")) {
            row.next();
            if (row.getInt(3) < 140_000) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "PostgreSQL " + row.getString(4) + " is too old; version 14 is the oldest that is read");
            }
            if (row.getBoolean(2)) {
                throw new SourceFailure(Kind.SETTING, "The server is a stand-by; name its primary in the URL");
            }
            if (!Objects.equals(row.getString(1), "logical")) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "The server writes its log with wal_level = " + row.getString(1)
                                + ", in which rows are not told; run ALTER SYSTEM SET wal_level = 'logical' and restart the server");
            }
        }
    }

    /** The position of a place in the log. */
    public Position at(long lsn) {
        return Lsn.position(settings.epoch(), lsn);
    }

    /** The place of a position in the log. */
    public static long lsn(Position position) {
        return Lsn.of(position);
    }

    @Override
    public void stored(Position upTo) {
        long lsn = Lsn.of(upTo);
        stored.accumulateAndGet(lsn, (known, next) -> Long.compareUnsigned(next, known) > 0 ? next : known);
    }

    @Override
    public Optional<LogWatch> watch() {
        return Optional.of(new SlotWatch(connections, settings.slot(), settings.epoch()));
    }

    @Override
    public String describe(Position position) {
        return "LSN " + Lsn.text(Lsn.of(position));
    }

    @Override
    public void close() {
        connections.close();
    }
}
