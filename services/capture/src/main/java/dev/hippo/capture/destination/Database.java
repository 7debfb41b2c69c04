// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings.Destination;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to the database, its tables in order and the right to write to them taken. Used by one thread, but for {@link #abort}. */
final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private final Dialect dialect;
    private final Login login;
    private final Connection connection;
    private final Ledger ledger;
    private final Map<String, TopicTable> tables;
    private final TableWriters writers;
    private final Map<TopicPartition, StoredOffset> stored;

    private Database(
            Dialect dialect,
            Login login,
            Connection connection,
            Ledger ledger,
            Map<String, TopicTable> tables,
            Map<TopicPartition, StoredOffset> stored) {
        this.dialect = dialect;
        this.login = login;
        this.connection = connection;
        this.ledger = ledger;
        this.tables = tables;
        this.stored = stored;
        this.writers = new TableWriters(dialect, login, connection, tables.values());
    }

    /**
     * Connects, makes the tables that are not there and takes the right to write from whoever had it.
     *
     * @param process tells this process from all others
     * @param again whether it has had the right before
     * @throws DatabaseAway if it may work later
     * @throws HippoFailure if a person has to do something, or another process has the right since
     */
    static Database open(HippoContext context, String process, boolean again) throws DatabaseAway, HippoFailure {
        Destination settings = context.hippo().settings(Destination.class);
        String pipeline = context.pipeline().name();
        String hippo = context.hippo().name();
        Dialect dialect = Dialect.of(settings.url());
        Login login =
                new Login(settings.url(), settings.user(), settings.password(), "hippo " + pipeline + "/" + hippo);
        Connection connection;
        try {
            connection = dialect.connect(login);
        } catch (SQLException e) {
            throw failure(dialect, login, "no connection to " + login, e);
        }
        try {
            Map<String, TopicTable> tables = new TableSetup(context, dialect, connection).run();
            String schema = tables.values().iterator().next().table().name().schema();
            Ledger ledger = new Ledger(dialect, connection, schema, pipeline, hippo, process);
            ledger.make();
            return new Database(dialect, login, connection, ledger, tables, ledger.takeOver(again));
        } catch (SQLException e) {
            close(connection);
            throw failure(dialect, login, "the tables at " + login + " cannot be brought in order", e);
        } catch (HippoFailure | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    /** A failure as what may pass; what may not is thrown. */
    static DatabaseAway failure(Dialect dialect, Login login, String what, SQLException e) throws HippoFailure {
        String message = what + ": " + dialect.words(e);
        if (dialect.passes(e)) {
            return new DatabaseAway(message, e);
        }
        throw new HippoFailure(message + "; " + dialect.advice(e, login), e);
    }

    /** By the name of the topic, or of the source's table, whose rows they take. */
    Map<String, TopicTable> tables() {
        return tables;
    }

    /** How far the database was when it was opened. */
    Map<TopicPartition, StoredOffset> stored() {
        return stored;
    }

    /**
     * Brings a batch into the tables, and where it ends into the same transaction.
     *
     * @throws DatabaseAway if it may work later; whether this was committed tells the next that opens the database
     * @throws HippoFailure if one of the records cannot be brought there, or another process has the right to write; nothing is written then
     */
    void apply(Batch batch, Map<TopicPartition, StoredOffset> behind) throws DatabaseAway, HippoFailure {
        List<Batch.Rows> latest = batch.latest();
        try {
            ledger.hold();
            for (Batch.Rows rows : latest) {
                writers.write(rows.table(), rows.gone(), rows.written());
            }
            ledger.store(behind);
            connection.commit();
        } catch (SQLException e) {
            rollback();
            if (dialect.passes(e)) {
                throw new DatabaseAway("the database at " + login.server() + " does not go on: " + dialect.words(e), e);
            }
            log.info("Takes a batch apart that was refused records={} because={}", batch.size(), dialect.words(e));
            applyOneByOne(batch, behind, e);
        } catch (HippoFailure e) {
            rollback();
            throw e;
        }
    }

    /** In the order of the records: finds the one that is refused, or none, where only the last of each key together were against a rule of the table. */
    private void applyOneByOne(Batch batch, Map<TopicPartition, StoredOffset> behind, SQLException refused)
            throws DatabaseAway, HippoFailure {
        List<RowChange> changes = batch.oneByOne();
        try {
            ledger.hold();
            for (RowChange change : changes) {
                writers.write(change);
            }
            ledger.store(behind);
            connection.commit();
        } catch (SQLException e) {
            e.addSuppressed(refused);
            rollback();
            throw failure(dialect, login, "a batch cannot be written", e);
        } catch (HippoFailure e) {
            rollback();
            throw e;
        }
    }

    /**
     * What writes whole transactions of a source.
     *
     * @throws DatabaseAway if it may work later
     */
    WholeTransaction whole() throws DatabaseAway, HippoFailure {
        try {
            boolean tied = false;
            for (TopicTable table : tables.values()) {
                tied |= dialect.tied(connection, table.table().name());
            }
            connection.commit();
            return new WholeTransaction(connection, dialect, login, ledger, writers, tied);
        } catch (SQLException e) {
            throw failure(dialect, login, "the database does not tell of the tables' keys and triggers", e);
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // then it is gone, and the server has rolled back
            log.debug("No rollback: {}", e.getMessage());
        }
    }

    /** Cuts the connection, whatever goes on over it. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("The connection was gone: {}", e.getMessage());
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("The connection did not close in order: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        close(connection);
    }
}
