// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.debezium;

import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Any database whose log a connector of Debezium reads that the pipeline brings. First rows are read by the connector too. What the columns of a table are is known only from its first row on, so {@link #tables} tells names alone.
 */
public final class BroughtSource implements ChangeSource {
    /** They tell a transaction's end when the next one begins. */
    private static final Set<String> END_LATE =
            Set.of("io.debezium.connector.sqlserver.SqlServerConnector", "io.debezium.connector.db2.Db2Connector");

    private static final Logger log = LoggerFactory.getLogger(BroughtSource.class);

    private final BroughtSettings settings;
    private final BroughtDatabase database;
    private final InstantSource clock;
    private final String leftOut = "left out " + UUID.randomUUID();
    private volatile boolean closed;
    private volatile @Nullable RunningConnector running;
    private volatile @Nullable Map<String, ?> partition;

    /** For such a connector; nothing is loaded yet. */
    public BroughtSource(BroughtSettings settings, Contracts contracts, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.database = new BroughtDatabase(settings, contracts, new UnchangedValue(leftOut));
    }

    /** Looks that the connector is there; its database is asked when it is read. */
    @Override
    public List<SourceTable> tables() throws SourceFailure, InterruptedException {
        RunningConnector.load(settings.connector(), classes());
        return named();
    }

    /**
     * What can be asked of it beside its reader: whether the connector is there, likes its properties and reaches its database.
     *
     * @return what it says; if all is well, that nothing is known of the columns
     */
    public SourceFailure unchecked() throws SourceFailure, InterruptedException {
        String problems;
        try {
            problems = problems();
        } catch (RuntimeException e) {
            throw Failures.of(database, null, e);
        }
        // a login is told as a connection that could not be made, in words that differ from version to version
        return new SourceFailure(
                Kind.PASSING,
                problems.isEmpty()
                        ? "connector " + settings.connector()
                                + " tells what the columns of tables are only with their rows; whether they fit their contracts shows"
                                + " when the hippo starts, which ends with the reason if they do not"
                        : problems);
    }

    private String problems() throws SourceFailure, InterruptedException {
        List<String> problems = new ArrayList<>();
        RunningConnector.problems(settings.connector(), classes(), properties(SnapshotReader.properties()))
                .forEach((property, words) -> problems.add("connector " + settings.connector() + " says of property '"
                        + property + "': " + String.join(", ", words)));
        return String.join("; ", problems);
    }

    /** What an exception means; one that says only that the properties are wrong has them looked at one by one. */
    private SourceFailure failure(@Nullable Position told, RuntimeException thrown) throws InterruptedException {
        SourceFailure failure = Failures.of(database, told, thrown);
        if (failure.kind() != Kind.SETTING) {
            return failure;
        }
        try {
            String problems = problems();
            return problems.isEmpty()
                    ? failure
                    : new SourceFailure(failure.kind(), failure.getMessage() + "; " + problems, thrown);
        } catch (RuntimeException | SourceFailure e) {
            failure.addSuppressed(e);
            return failure;
        }
    }

    private List<SourceTable> named() {
        return settings.tables().stream()
                .map(name -> BroughtDatabase.named(name, List.of(), List.of()))
                .toList();
    }

    private BroughtClasses classes() {
        return BroughtClasses.of(settings.classpath());
    }

    private Map<String, String> properties(Map<String, String> beginning) {
        return settings.all(beginning, Database.includeList(named()), leftOut);
    }

    private RunningConnector start(Map<String, String> beginning, @Nullable Map<String, Object> offset)
            throws SourceFailure, InterruptedException {
        return RunningConnector.start(settings.connector(), classes(), properties(beginning), offset);
    }

    @Override
    public Position now() throws SourceFailure {
        throw cannot("tell where its log ends");
    }

    private static SourceFailure cannot(String what) {
        return new SourceFailure(
                Kind.SETTING,
                "a connector that the pipeline brings cannot " + what
                        + "; to have all rows told again, give the hippo another name: it begins with them");
    }

    @Override
    public Position snapshot(List<SourceTable> tables, SnapshotListener to) throws SourceFailure, InterruptedException {
        SnapshotReader reader = new SnapshotReader(database, to, clock, new Position(0, new byte[0]));
        try (RunningConnector connector = start(SnapshotReader.properties(), null)) {
            Position at = reader.run(connector, tables, () -> closed);
            warn(reader.withoutRows());
            return at;
        } catch (RuntimeException e) {
            throw failure(null, e);
        }
    }

    /** A connector says nothing of a table that is not there, or of which the database tells it nothing. */
    private void warn(List<String> withoutRows) {
        if (!withoutRows.isEmpty()) {
            log.warn(
                    "Connector {} has told no row of {}. If there are rows, write the table's name as the connector does, and see whether its database has to be told to capture the table",
                    settings.connector(),
                    String.join(", ", withoutRows));
        }
    }

    @Override
    public void rows(List<SourceTable> tables, Position stored, SnapshotListener to) throws SourceFailure {
        List<String> names = tables.stream().map(SourceTable::fullName).toList();
        throw cannot("read the rows of a table that was added (" + String.join(", ", names) + ") beside its log");
    }

    @Override
    public Chunk chunk(SourceTable table, KeyRange range, int most) throws SourceFailure {
        throw cannot("read rows of " + table.fullName() + " beside its log");
    }

    @Override
    public void stream(Position from, ChangeListener to) throws SourceFailure, InterruptedException {
        Map<String, Object> offset = database.offset(from);
        BroughtReader reader =
                new BroughtReader(database, DebeziumSource.PREFIX, END_LATE.contains(settings.connector()), from, to);
        // with a place to go on from there is no snapshot
        try (RunningConnector connector = start(Map.of("snapshot.mode", "initial"), offset)) {
            running = connector;
            while (!closed) {
                for (SourceRecord record : connector.poll()) {
                    reader.read(record);
                }
                partition = reader.partition();
                reader.polled(System.nanoTime());
            }
        } catch (SourceFailure e) {
            if (!closed) {
                throw e;
            }
        } catch (RuntimeException e) {
            if (!closed) {
                throw failure(reader.told(), e);
            }
        } finally {
            running = null;
        }
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
    public String describe(Position position) {
        return CountedOffset.of(position).describe();
    }

    @Override
    public void close() {
        closed = true;
        database.close();
    }
}
