// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the binary log of a MariaDB (10.6 or later) or MySQL (8.0 or later) server by rows. A position is the number of a log's file and the place behind a transaction in it. The
 * user needs {@code REPLICATION SLAVE}, {@code REPLICATION CLIENT} and {@code SELECT}.
 */
public final class MariaDbSource implements ChangeSource {
    private final MariaDbSettings settings;
    private final Contracts contracts;
    private final TablePatterns patterns;

    private final Object lock = new Object();
    private boolean closed;
    private @Nullable LogConnection connection;
    private @Nullable RowSnapshot snapshot;
    private volatile @Nullable TransactionReader transactions;

    public MariaDbSource(MariaDbSettings settings, Contracts contracts) {
        this.settings = settings;
        this.contracts = contracts;
        this.patterns = new TablePatterns(settings.tables());
    }

    @Override
    public List<SourceTable> tables() throws SourceFailure {
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            server.end();
            List<SourceTable> tables = new Catalog(server)
                    .tables(patterns).stream().map(TableDefinition::table).toList();
            List<String> missing = patterns.withoutMatch(
                    tables.stream().map(SourceTable::fullName).toList());
            if (!missing.isEmpty()) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "there is no table " + String.join(", ", missing) + " that '" + settings.user()
                                + "' may read; correct the name, or GRANT SELECT on it");
            }
            return tables;
        }
    }

    @Override
    public Position now() throws SourceFailure {
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            return server.end().place().position(settings.epoch());
        }
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        return read(tables, null, to);
    }

    @Override
    public void rows(List<SourceTable> tables, Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        read(tables, stored, to);
    }

    private Position read(List<SourceTable> tables, @Nullable Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        try (RowSnapshot reading = reading()) {
            return reading.read(tables, stored, to);
        }
    }

    @Override
    public Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure, InterruptedException {
        try (RowSnapshot reading = reading()) {
            return reading.chunk(table, range, most);
        }
    }

    /** One at a time: rows are read in parts only when the stream has begun. */
    private RowSnapshot reading() throws InterruptedException {
        RowSnapshot reading = new RowSnapshot(settings, contracts);
        synchronized (lock) {
            if (closed) {
                throw new InterruptedException("the source is closed");
            }
            snapshot = reading;
        }
        return reading;
    }

    /**
     * Checks that the log can be read from a position, by this reader or another.
     *
     * @throws SourceFailure if it does not reach back, or a setting is missing
     */
    public void prepare(Position from) throws SourceFailure {
        checkEpoch(from);
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            server.checkReaches(LogPlace.of(from));
        }
    }

    /** The position of a place in the log. */
    public Position at(String file, long offset) {
        return LogPlace.of(file, offset).position(settings.epoch());
    }

    /** The address as MariaDB's driver takes it. */
    public String driverUrl() {
        return settings.driverUrl();
    }

    private void checkEpoch(Position from) throws SourceFailure {
        try {
            LogPlace.of(from);
        } catch (IllegalArgumentException e) {
            throw SourceFailure.ofAnotherReader(from, e);
        }
        if (from.epoch() != settings.epoch()) {
            throw new SourceFailure(
                    Kind.GONE,
                    "position " + from + " is of epoch " + from.epoch() + " and this is epoch " + settings.epoch()
                            + "; take a new snapshot");
        }
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        checkEpoch(from);
        LogPlace place = LogPlace.of(from);
        LogConnection opened;
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            server.checkReaches(place);
            Layouts layouts = new Layouts(server, patterns, contracts);
            TransactionReader reader = new TransactionReader(layouts, place, settings.epoch(), to);
            opened = new LogConnection(settings, server.end().base(), reader);
            transactions = reader;
        }
        synchronized (lock) {
            if (closed) {
                return;
            }
            connection = opened;
        }
        opened.read(place);
    }

    /** The server keeps its log by its own rules, whoever reads it. */
    @Override
    public void stored(Position upTo) {}

    @Override
    public Optional<LogWatch> watch() {
        return Optional.of(new BinlogWatch(settings));
    }

    @Override
    public String describe(Position position) {
        LogPlace place = LogPlace.of(position);
        String words = "file " + place.file() + ", offset " + place.offset();
        TransactionReader reader = transactions;
        TransactionReader.Told told = reader == null ? null : reader.lastTold();
        return told != null && told.end().equals(place) ? words + ", transaction " + told.id() : words;
    }

    @Override
    public void close() {
        LogConnection open;
        RowSnapshot reading;
        synchronized (lock) {
            closed = true;
            open = connection;
            reading = snapshot;
        }
        if (open != null) {
            open.close();
        }
        if (reading != null) {
            reading.close();
        }
    }
}
