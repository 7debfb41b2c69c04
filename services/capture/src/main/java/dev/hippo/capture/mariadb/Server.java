// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLSyntaxErrorException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection for questions to the server. Not thread-safe. */
final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final int UNKNOWN_STATEMENT = 1064;
    private static final int LONGEST_ANSWER_MILLIS = 10_000;
    private static final String VARIABLES =
            "show global variables where variable_name in ('log_bin', 'binlog_format', 'binlog_row_image',"
                    + " 'binlog_row_metadata', 'log_bin_compress', 'binlog_transaction_compression',"
                    + " 'binlog_row_value_options', 'server_id', 'version')";

    /** The end of the log: its last file and how long that is. */
    record LogEnd(String file, long offset) {
        LogPlace place() {
            return LogPlace.of(file, offset);
        }

        /** What the names of all files begin with. */
        String base() {
            return file.substring(0, file.lastIndexOf('.'));
        }
    }

    /** One of the log's files and how long it is. */
    record LogFile(String name, long size) {
        long number() {
            return LogPlace.of(name, 0).file();
        }
    }

    private final MariaDbSettings settings;
    private final Connection connection;
    private final Map<String, String> variables = new HashMap<>();

    private Server(MariaDbSettings settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
    }

    static Server connect(MariaDbSettings settings) throws SourceFailure {
        try {
            Server server = new Server(
                    settings, DriverManager.getConnection(settings.driverUrl(), settings.user(), settings.password()));
            server.readVariables();
            return server;
        } catch (SQLException e) {
            throw ServerFailures.of(settings, "connect to the database", e);
        }
    }

    private void readVariables() throws SQLException, SourceFailure {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(VARIABLES)) {
            while (rows.next()) {
                variables.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
            }
        } catch (SQLException e) {
            close();
            throw e;
        }
    }

    Connection connection() {
        return connection;
    }

    MariaDbSettings settings() {
        return settings;
    }

    boolean isMariaDb() {
        return variable("version").toLowerCase(Locale.ROOT).contains("mariadb");
    }

    private String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    /** @throws SourceFailure if the log does not tell rows whole, with the setting that is missing */
    void checkSettings() throws SourceFailure {
        require("log_bin", "ON", "the server writes no binary log", "start it with --log-bin");
        require(
                "binlog_format",
                "ROW",
                "the server's binary log tells statements, not rows",
                "SET GLOBAL binlog_format = 'ROW', and in the server's configuration");
        require(
                "binlog_row_image",
                "FULL",
                "the server's binary log tells rows in part",
                "SET GLOBAL binlog_row_image = 'FULL', and in the server's configuration");
        refuse("log_bin_compress");
        refuse("binlog_transaction_compression");
        if (!variable("binlog_row_value_options").isEmpty()) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "the server's binary log tells JSON in part (binlog_row_value_options is "
                            + variable("binlog_row_value_options") + "); SET GLOBAL binlog_row_value_options = ''");
        }
        if (variable("server_id").equals(Long.toString(settings.serverId()))) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "server id " + settings.serverId() + " is the server's own; give this reader another one");
        }
        if (!variable("binlog_row_metadata").equalsIgnoreCase("FULL")) {
            log.info("The binary log does not tell the names of columns: rows from before an ALTER TABLE that happens"
                    + " while nobody reads cannot be told. SET GLOBAL binlog_row_metadata = 'FULL' avoids that.");
        }
    }

    private void require(String name, String value, String what, String remedy) throws SourceFailure {
        if (!variable(name).equalsIgnoreCase(value)) {
            throw new SourceFailure(
                    Kind.SETTING, what + " (" + name + " is " + variable(name) + ", not " + value + "); " + remedy);
        }
    }

    private void refuse(String name) throws SourceFailure {
        if (variable(name).equalsIgnoreCase("ON")) {
            throw new SourceFailure(
                    Kind.SETTING,
                    "the server's binary log is compressed, which this reader does not read (" + name
                            + " is ON); SET GLOBAL " + name + " = OFF");
        }
    }

    LogEnd end() throws SourceFailure {
        try (Statement statement = connection.createStatement();
                ResultSet rows = status(statement)) {
            if (!rows.next()) {
                throw new SourceFailure(
                        Kind.SETTING, "the server writes no binary log; start it with --log-bin and a server id");
            }
            return new LogEnd(rows.getString(1), rows.getLong(2));
        } catch (SQLException e) {
            throw ServerFailures.of(settings, "ask where the binary log ends", e);
        }
    }

    private static ResultSet status(Statement statement) throws SQLException {
        try {
            return statement.executeQuery("show master status");
        } catch (SQLSyntaxErrorException e) {
            if (e.getErrorCode() != UNKNOWN_STATEMENT) {
                throw e;
            }
            return statement.executeQuery("show binary log status");
        }
    }

    /** The files of the binary log, the oldest first; at least one. */
    List<LogFile> files() throws SourceFailure {
        List<LogFile> files = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show binary logs")) {
            while (rows.next()) {
                files.add(new LogFile(rows.getString(1), rows.getLong(2)));
            }
        } catch (SQLException e) {
            throw ServerFailures.of(settings, "list the files of the binary log", e);
        }
        if (files.isEmpty()) {
            throw new SourceFailure(Kind.PASSING, "the server has no file of its binary log at this moment");
        }
        return files;
    }

    /** After how many seconds the server removes a file, as it is set now; empty if it has no such setting. */
    String expiry() throws SourceFailure {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("show global variables like 'binlog_expire_logs_seconds'")) {
            return rows.next() ? rows.getString(2) : "";
        } catch (SQLException e) {
            throw ServerFailures.of(settings, "ask how long the binary log is kept", e);
        }
    }

    /** For a connection whose owner nobody can wake: an answer that does not come is a failure after a while. */
    void boundWaiting() throws SourceFailure {
        try {
            connection.setNetworkTimeout(Runnable::run, LONGEST_ANSWER_MILLIS);
        } catch (SQLException e) {
            throw ServerFailures.of(settings, "bound the time of an answer", e);
        }
    }

    /** @throws SourceFailure if the log does not reach back, or does not reach as far, as the place */
    void checkReaches(LogPlace place) throws SourceFailure {
        List<LogFile> files = files();
        for (LogFile file : files) {
            if (file.number() != place.file()) {
                continue;
            }
            if (file.size() < place.offset()) {
                throw new SourceFailure(
                        Kind.GONE,
                        "the server's binary log has begun a new history: " + file.name() + " has " + file.size()
                                + " bytes, and " + place.offset() + " of it were read; take a new snapshot"
                                + " with a higher epoch");
            }
            return;
        }
        throw new SourceFailure(
                Kind.GONE,
                "file " + place.file() + " of the server's binary log is gone: there are "
                        + files.get(0).name() + " to "
                        + files.get(files.size() - 1).name()
                        + "; take a new snapshot, or order a jump to now; keep logs longer with"
                        + " binlog_expire_logs_seconds");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            log.debug("The connection did not close in order: {}", e.getMessage());
        }
    }
}
