// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction of the database into which a source's transactions go whole. Changes that have become many are written, and nobody sees them before {@link #commit}; if that does not come, the database
 * takes them back when the connection ends. After a failure the connection has to be closed. Not thread-safe.
 */
final class WholeTransaction {
    private static final Logger log = LoggerFactory.getLogger(WholeTransaction.class);
    private static final int MOST_CHANGES = 5_000;
    private static final int MOST_BYTES = 8 << 20;

    private final Connection connection;
    private final Dialect dialect;
    private final Login login;
    private final Ledger ledger;
    private final TableWriters writers;
    /** Whether rows hang together by more than their values, so that the order of the statements counts. */
    private final boolean tied;

    private final List<SourceChange> waiting = new ArrayList<>();
    private int waitingBytes;
    private boolean held;

    WholeTransaction(
            Connection connection, Dialect dialect, Login login, Ledger ledger, TableWriters writers, boolean tied) {
        this.connection = connection;
        this.dialect = dialect;
        this.login = login;
        this.ledger = ledger;
        this.writers = writers;
        this.tied = tied;
    }

    /**
     * Does what a change does, behind all that was told before.
     *
     * @throws DatabaseAway if it may work later
     * @throws HippoFailure if one of the changes cannot be brought to its table, or another process has the right to write
     */
    void add(SourceChange change) throws DatabaseAway, HippoFailure {
        waiting.add(change);
        waitingBytes += change.size();
        if (waiting.size() >= MOST_CHANGES || waitingBytes >= MOST_BYTES) {
            write();
        }
    }

    /**
     * Takes all rows of a table away, those too that were told before.
     *
     * @throws DatabaseAway as {@link #add} does
     */
    void empty(TopicTable table) throws DatabaseAway, HippoFailure {
        write();
        try {
            hold();
            writers.empty(table);
        } catch (SQLException e) {
            throw Database.failure(
                    dialect, login, "the rows of table " + table.table().name() + " cannot be taken away", e);
        }
    }

    /**
     * Lets everybody see what was told, and stores how far that is.
     *
     * @throws DatabaseAway as {@link #add} does; whether this was committed tells the next that opens the database
     */
    void commit(TopicPartition partition, StoredOffset behind) throws DatabaseAway, HippoFailure {
        write();
        try {
            hold();
            ledger.store(Map.of(partition, behind));
            connection.commit();
            held = false;
        } catch (SQLException e) {
            throw Database.failure(dialect, login, "a transaction of the source cannot be committed", e);
        }
    }

    private void hold() throws SQLException, HippoFailure {
        if (!held) {
            ledger.hold();
            held = true;
        }
    }

    private void write() throws DatabaseAway, HippoFailure {
        if (waiting.isEmpty()) {
            return;
        }
        try {
            hold();
            Savepoint before = connection.setSavepoint();
            try {
                // a change that does not tell all of a row needs the one before
                if (tied
                        || waiting.stream()
                                .anyMatch(change -> !change.unchanged().isEmpty())) {
                    inRuns();
                } else {
                    latest();
                }
            } catch (SQLException e) {
                if (dialect.passes(e)) {
                    throw e;
                }
                log.info(
                        "Writes changes one by one that were refused together changes={} because={}",
                        waiting.size(),
                        dialect.words(e));
                connection.rollback(before);
                oneByOne();
            }
            connection.releaseSavepoint(before);
        } catch (SQLException e) {
            throw Database.failure(dialect, login, "a transaction of the source cannot be written", e);
        }
        waiting.clear();
        waitingBytes = 0;
    }

    /** Of each row the last change alone: between them nobody can look. */
    private void latest() throws SQLException, HippoFailure {
        Map<TopicTable, Map<ByteBuffer, SourceChange>> last = new LinkedHashMap<>();
        for (SourceChange change : waiting) {
            Map<ByteBuffer, SourceChange> rows = last.computeIfAbsent(change.to(), table -> new LinkedHashMap<>());
            ByteBuffer name = ByteBuffer.wrap(change.name());
            rows.remove(name);
            rows.put(name, change);
        }
        for (Map.Entry<TopicTable, Map<ByteBuffer, SourceChange>> table : last.entrySet()) {
            write(table.getKey(), new ArrayList<>(table.getValue().values()));
        }
    }

    /** In the order of the statements, of which those that follow each other and do the same to different rows of a table are one. */
    private void inRuns() throws SQLException, HippoFailure {
        List<SourceChange> run = new ArrayList<>();
        Set<ByteBuffer> names = new HashSet<>();
        for (SourceChange change : waiting) {
            boolean goesOn = !run.isEmpty()
                    && run.get(0).to() == change.to()
                    && (run.get(0).row() == null) == (change.row() == null)
                    && change.unchanged().isEmpty()
                    && !names.contains(ByteBuffer.wrap(change.name()));
            if (!goesOn) {
                write(run);
                run.clear();
                names.clear();
            }
            if (change.unchanged().isEmpty()) {
                run.add(change);
                names.add(ByteBuffer.wrap(change.name()));
            } else {
                writers.write(change.to().change(change));
            }
        }
        write(run);
    }

    private void write(List<SourceChange> run) throws SQLException, HippoFailure {
        if (!run.isEmpty()) {
            write(run.get(0).to(), run);
        }
    }

    private void write(TopicTable table, List<SourceChange> changes) throws SQLException, HippoFailure {
        List<Object[]> gone = new ArrayList<>();
        List<@Nullable Object[]> written = new ArrayList<>();
        for (SourceChange change : changes) {
            RowChange row = table.change(change);
            @Nullable Object[] values = row.row();
            if (values == null) {
                gone.add(row.key());
            } else {
                written.add(values);
            }
        }
        writers.write(table, gone, written);
    }

    /** Finds the change that is refused; or none, where only all of them together were against a rule of a table. */
    private void oneByOne() throws SQLException, HippoFailure {
        for (SourceChange change : waiting) {
            writers.write(change.to().change(change));
        }
    }
}
