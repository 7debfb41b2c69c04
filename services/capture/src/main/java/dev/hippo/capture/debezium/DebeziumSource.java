// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.mariadb.MariaDbSettings;
import dev.hippo.capture.mariadb.MariaDbSource;
import dev.hippo.capture.postgres.PostgresSettings;
import dev.hippo.capture.postgres.PostgresSource;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.LogState;
import dev.hippo.capture.source.LogWatch;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * A database whose log a connector of Debezium reads. Tables, rows and positions are those of our own reader for that database, so that of the two either may go on where the other has stopped.
 */
public final class DebeziumSource implements ChangeSource {
    static final String PREFIX = "hippo";

    /** What all connectors have to do, and nobody may change: no row is left out, no value is told as less than it is, nothing is read again or passed over by itself. */
    static final Map<String, String> ALWAYS = Map.ofEntries(
            Map.entry("name", PREFIX),
            Map.entry("topic.prefix", PREFIX),
            Map.entry("provide.transaction.metadata", "true"),
            Map.entry("tombstones.on.delete", "false"),
            Map.entry("skipped.operations", "none"),
            Map.entry("include.schema.changes", "false"),
            Map.entry("include.unknown.datatypes", "true"),
            Map.entry("decimal.handling.mode", "string"),
            Map.entry("binary.handling.mode", "bytes"),
            Map.entry("time.precision.mode", "adaptive_time_microseconds"),
            Map.entry("event.processing.failure.handling.mode", "fail"),
            Map.entry("event.converting.failure.handling.mode", "fail"),
            Map.entry("errors.max.retries", "0"),
            Map.entry("schema.name.adjustment.mode", "none"),
            Map.entry("field.name.adjustment.mode", "none"));

    static final Map<String, String> STANDARD = Map.of(
            "max.batch.size", "8192",
            "max.queue.size", "65536",
            "max.queue.size.in.bytes", Integer.toString(64 << 20),
            "poll.interval.ms", "5",
            "advanced.metrics.enable", "false");

    /** So long nothing comes before the database is asked whether there is something. */
    private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

    private final InstantSource clock;
    private final ChangeSource own;
    private final Database database;
    private final Contracts contracts;
    private final String leftOut;
    private final Map<String, String> properties;
    private volatile boolean closed;
    private volatile @Nullable RunningConnector running;
    private volatile @Nullable Map<String, ?> partition;

    private DebeziumSource(
            ChangeSource own,
            Database database,
            Contracts contracts,
            InstantSource clock,
            String leftOut,
            Map<String, String> properties) {
        this.clock = clock;
        this.own = own;
        this.database = database;
        this.contracts = contracts;
        this.leftOut = leftOut;
        this.properties = Map.copyOf(properties);
    }

    /**
     * Of a PostgreSQL database.
     *
     * @param properties further ones of the connector, by its own names
     */
    public static DebeziumSource postgres(
            PostgresSettings settings, Contracts contracts, InstantSource clock, Map<String, String> properties) {
        String leftOut = "left out " + UUID.randomUUID();
        PostgresSource own = new PostgresSource(settings, contracts, clock);
        return new DebeziumSource(
                own, new PostgresDatabase(settings, own, contracts, leftOut), contracts, clock, leftOut, properties);
    }

    /**
     * Of a MariaDB server.
     *
     * @param history where the connector keeps what the columns of all tables were, by its own names: it has to be there for the next reader
     * @param properties further ones of the connector, by its own names
     */
    public static DebeziumSource mariaDb(
            MariaDbSettings settings,
            Contracts contracts,
            InstantSource clock,
            Map<String, String> history,
            Map<String, String> properties) {
        MariaDbSource own = new MariaDbSource(settings, contracts);
        return new DebeziumSource(
                own, new MariaDbDatabase(settings, own, contracts, history), contracts, clock, "left out", properties);
    }

    @Override
    public List<SourceTable> tables() throws SourceFailure, InterruptedException {
        List<SourceTable> tables = own.tables();
        List<String> problems = new ArrayList<>();
        for (SourceTable table : tables) {
            ContractMapping mapping = contracts.mapping(table);
            for (int i = 0; i < table.columns().size(); i++) {
                Column column = table.columns().get(i);
                Optional<String> loss = database.loss(column);
                Optional<String> field = mapping.told(i);
                if (loss.isPresent() && field.isPresent()) {
                    problems.add("column '" + column.name() + "' of " + table.fullName() + " is " + column.declared()
                            + ": " + loss.get() + "; take field '" + field.get()
                            + "' out of the contract, or leave 'reader: debezium' away");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new SourceFailure(Kind.SETTING, String.join("; ", problems));
        }
        return tables;
    }

    @Override
    public Position now() throws SourceFailure, InterruptedException {
        return own.now();
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        if (!database.snapshotsByConnector()) {
            return own.snapshot(tables, to);
        }
        Position nowhere = new Position(0, new byte[0]);
        SnapshotReader reader = new SnapshotReader(database, to, clock, nowhere);
        try (RunningConnector connector = start(tables, SnapshotReader.properties(), null)) {
            return reader.run(connector, tables, () -> closed);
        } catch (RuntimeException e) {
            throw Failures.of(database, null, e);
        }
    }

    @Override
    public void rows(List<SourceTable> tables, Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        own.rows(tables, stored, to);
    }

    @Override
    public Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure, InterruptedException {
        return own.chunk(table, range, most);
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        database.prepare(from);
        RecordReader reader = new RecordReader(database, PREFIX, from, to);
        try (RunningConnector connector =
                start(own.tables(), Map.of("snapshot.mode", "no_data"), database.offset(from))) {
            running = connector;
            long heard = System.nanoTime();
            while (!closed) {
                List<SourceRecord> records = connector.poll();
                for (SourceRecord record : records) {
                    partition = record.sourcePartition();
                    reader.read(record);
                }
                if (!records.isEmpty()) {
                    heard = System.nanoTime();
                } else if (System.nanoTime() - heard > QUIET) {
                    database.idle(reader.told());
                    heard = System.nanoTime();
                }
            }
        } catch (SourceFailure e) {
            if (!closed) {
                throw e;
            }
        } catch (RuntimeException e) {
            if (!closed) {
                throw Failures.of(database, reader.told(), e);
            }
        } finally {
            running = null;
        }
    }

    private RunningConnector start(
            List<SourceTable> tables, Map<String, String> beginning, @Nullable Map<String, Object> offset)
            throws SourceFailure, InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(STANDARD);
        all.putAll(properties);
        all.putAll(ALWAYS);
        all.put("unavailable.value.placeholder", leftOut);
        all.putAll(database.properties(tables));
        all.putAll(beginning);
        all.put("connector.class", database.connector());
        return RunningConnector.start(database.connector(), DebeziumSource.class.getClassLoader(), all, offset);
    }

    @Override
    public void stored(Position upTo) {
        RunningConnector connector = running;
        Map<String, ?> of = partition;
        if (connector != null && of != null) {
            connector.forget(of, database.forget(upTo));
        }
    }

    @Override
    public Optional<LogWatch> watch() {
        return own.watch().map(watch -> new LogWatch() {
            @Override
            public LogState look(@Nullable Position stored) throws SourceFailure {
                return watch.look(stored == null ? null : database.own(stored));
            }

            @Override
            public void close() {
                watch.close();
            }
        });
    }

    @Override
    public String describe(Position position) {
        return own.describe(database.own(position));
    }

    @Override
    public void close() {
        closed = true;
        database.close();
        own.close();
    }
}
