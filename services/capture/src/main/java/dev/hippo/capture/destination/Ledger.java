// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.kit.HippoFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * What the database knows of a hippo: whose process may write, and how far it has come. Two tables beside the first of its rows' tables. Over one connection; not thread-safe.
 */
final class Ledger {
    static final String OWNERS = "hippo_owners";
    static final String POSITIONS = "hippo_positions";

    private static final List<String> POSITION_KEY = List.of("pipeline", "hippo", "topic", "part");
    private static final List<String> POSITION =
            List.of("pipeline", "hippo", "topic", "part", "topic_id", "next_offset");
    private static final String WHOSE = " where pipeline = ? and hippo = ?";

    private final Dialect dialect;
    private final Connection connection;
    private final String pipeline;
    private final String hippo;
    private final String process;
    private final TableName owners;
    private final TableName positions;
    private long epoch;

    /**
     * A ledger that is not read yet.
     *
     * @param process tells this process from all others
     */
    Ledger(Dialect dialect, Connection connection, String schema, String pipeline, String hippo, String process) {
        this.dialect = dialect;
        this.connection = connection;
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.process = process;
        this.owners = new TableName(schema, OWNERS);
        this.positions = new TableName(schema, POSITIONS);
    }

    /** Makes the tables where they are not there. */
    void make() throws SQLException {
        String whose = "pipeline varchar(200) not null, hippo varchar(200) not null, ";
        make(owners, whose + "epoch bigint not null, process varchar(64) not null, primary key (pipeline, hippo)");
        make(
                positions,
                whose + "topic varchar(249) not null, part integer not null, topic_id varchar(64) not null,"
                        + " next_offset bigint not null, primary key (pipeline, hippo, topic, part)");
        connection.commit();
    }

    /** Asks first: to make what is there needs a right that an owner of nothing but rows has not. */
    private void make(TableName table, String columns) throws SQLException {
        if (dialect.shape(connection, table).isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("create table if not exists " + dialect.quoted(table) + " (" + columns + ")"
                        + dialect.tableOptions());
            }
        }
    }

    /**
     * Keeps whoever wrote before from writing any more, and tells how far it had come. Waits for the end of a transaction of its.
     *
     * @param again whether this process has taken over before, by another connection
     * @throws HippoFailure if another process has taken over since
     */
    Map<TopicPartition, StoredOffset> takeOver(boolean again) throws SQLException, HippoFailure {
        try (PreparedStatement statement =
                prepare(dialect.insertIfAbsent(owners, List.of("pipeline", "hippo", "epoch", "process")), 0)) {
            statement.setLong(3, 0);
            statement.setString(4, process);
            statement.executeUpdate();
        }
        Optional<String> before = Optional.empty();
        try (PreparedStatement statement =
                        prepare("select epoch, process from " + dialect.quoted(owners) + WHOSE + " for update", 0);
                ResultSet rows = statement.executeQuery()) {
            if (rows.next()) {
                epoch = rows.getLong(1) + 1;
                before = Optional.of(rows.getString(2));
            }
        }
        if (again && !before.equals(Optional.of(process))) {
            throw fenced();
        }
        try (PreparedStatement statement =
                prepare("update " + dialect.quoted(owners) + " set epoch = ?, process = ?" + WHOSE, 2)) {
            statement.setLong(1, epoch);
            statement.setString(2, process);
            statement.executeUpdate();
        }
        Map<TopicPartition, StoredOffset> stored = stored(" for update");
        connection.commit();
        return stored;
    }

    /** How far the hippo has come, for somebody who only looks. */
    Map<TopicPartition, StoredOffset> look() throws SQLException {
        Map<TopicPartition, StoredOffset> stored = stored("");
        connection.commit();
        return stored;
    }

    private Map<TopicPartition, StoredOffset> stored(String lock) throws SQLException {
        Map<TopicPartition, StoredOffset> stored = new HashMap<>();
        try (PreparedStatement statement = prepare(
                        "select topic, part, topic_id, next_offset from " + dialect.quoted(positions) + WHOSE + lock,
                        0);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                stored.put(
                        new TopicPartition(rows.getString(1), rows.getInt(2)),
                        new StoredOffset(rows.getString(3), rows.getLong(4)));
            }
        }
        return stored;
    }

    /** A statement whose parameters behind the first so many are the hippo's names. */
    private PreparedStatement prepare(String sql, int before) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(before + 1, pipeline);
        statement.setString(before + 2, hippo);
        return statement;
    }

    /**
     * Holds the right to write until the transaction that is open ends.
     *
     * @throws HippoFailure if another process has it
     */
    void hold() throws SQLException, HippoFailure {
        try (PreparedStatement statement =
                        prepare("select epoch, process from " + dialect.quoted(owners) + WHOSE + " for update", 0);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next() || rows.getLong(1) != epoch || !rows.getString(2).equals(process)) {
                throw fenced();
            }
        }
    }

    private HippoFailure fenced() {
        return new HippoFailure(
                "another process runs hippo '" + hippo + "' of pipeline '" + pipeline + "' now; this one ends");
    }

    /** Writes down how far the transaction that is open comes. */
    void store(Map<TopicPartition, StoredOffset> offsets) throws SQLException {
        try (PreparedStatement statement = prepare(dialect.upsert(positions, POSITION, POSITION_KEY), 0)) {
            for (Map.Entry<TopicPartition, StoredOffset> entry : offsets.entrySet()) {
                statement.setString(1, pipeline);
                statement.setString(2, hippo);
                statement.setString(3, entry.getKey().topic());
                statement.setInt(4, entry.getKey().partition());
                statement.setString(5, entry.getValue().topicId());
                statement.setLong(6, entry.getValue().next());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
