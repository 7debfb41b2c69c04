// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The connections to one server, in which values are written as text in one way whatever its settings are. */
final class Connections implements AutoCloseable {
    /** The server asks for a sign of life after half of it, and hangs up after all. */
    private static final int SILENCE_SECONDS = 60;

    private static final String WRITTEN_AS = """
            select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false), set_config('intervalstyle', 'iso_8601', false),
              set_config('bytea_output', 'hex', false), set_config('extra_float_digits', '3', false), set_config('row_security', 'off', false),
              set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
              set_config('synchronous_commit', 'on', false), set_config('wal_sender_timeout', '%ds', false)""".formatted(SILENCE_SECONDS);

    private final PostgresSettings settings;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Connections(PostgresSettings settings) {
        this.settings = settings;
    }

    Connection open() throws SourceFailure {
        return open(new Properties());
    }

    /**
     * Takes commands of replication.
     *
     * @param silenceIsDeath whether the server that says nothing for longer than it may counts as gone
     */
    Connection openForReplication(boolean silenceIsDeath) throws SourceFailure {
        Properties properties = new Properties();
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        if (silenceIsDeath) {
            properties.setProperty("socketTimeout", Integer.toString(SILENCE_SECONDS * 3 / 2));
        }
        return open(properties);
    }

    private Connection open(Properties properties) throws SourceFailure {
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        properties.setProperty("ApplicationName", settings.slot());
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "30");
        Connection connection;
        try {
            connection = DriverManager.getConnection(settings.url(), properties);
        } catch (SQLException e) {
            if (Refusal.NO_RIGHT.equals(e.getSQLState()) && properties.containsKey("replication")) {
                throw noReplication(e);
            }
            throw Refusal.of("No connection to " + settings.server() + " as " + settings.user(), e);
        }
        open.add(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute(WRITTEN_AS);
        } catch (SQLException e) {
            close(connection);
            throw Refusal.of("No session at " + settings.server() + " as " + settings.user(), e);
        }
        if (closed) {
            close(connection);
            throw new SourceFailure(Kind.PASSING, "The source was closed");
        }
        return connection;
    }

    /** For who may not. */
    SourceFailure noReplication(SQLException e) {
        return new SourceFailure(
                Kind.SETTING,
                "User '" + settings.user() + "' has no right to replicate (" + Refusal.words(e)
                        + "); as a superuser run ALTER ROLE " + Names.quoted(settings.user()) + " REPLICATION",
                e);
    }

    boolean closed() {
        return closed;
    }

    /** Without waiting for what goes on there. */
    void close(Connection connection) {
        open.remove(connection);
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it is gone
        }
    }

    @Override
    public void close() {
        closed = true;
        open.forEach(this::close);
    }
}
