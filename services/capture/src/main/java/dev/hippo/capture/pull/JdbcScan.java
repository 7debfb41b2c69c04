// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rows of a query: one statement for each scan, so that it sees the database at one moment. */
final class JdbcScan implements Scan {
    private static final Logger log = LoggerFactory.getLogger(JdbcScan.class);
    private static final int ROWS_AT_ONCE = 1_000;
    private static final String OF_POSTGRES =
            "select set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO, YMD', false),"
                    + " set_config('intervalstyle', 'iso_8601', false), set_config('extra_float_digits', '3', false)";
    private static final String OF_MARIADB = "set time_zone = '+00:00'";

    private final JdbcSettings settings;
    private final List<String> fields;
    private final OwnClasses classes;
    private final Object lock = new Object();
    private @Nullable Connection connection;
    private boolean closed;

    /**
     * Not connected yet.
     *
     * @param fields of the contract
     * @param classes may have a driver
     */
    JdbcScan(JdbcSettings settings, List<String> fields, OwnClasses classes) {
        this.settings = settings;
        this.fields = List.copyOf(fields);
        this.classes = classes;
    }

    @Override
    public void check() throws SourceFailure {
        try (Connection open = open()) {
            try (PreparedStatement statement = open.prepareStatement(settings.query())) {
                ResultSetMetaData described = statement.getMetaData();
                if (described != null) {
                    columns(described);
                    return;
                }
                // a driver that knows only what it has run
                statement.setMaxRows(1);
                try (ResultSet rows = statement.executeQuery()) {
                    columns(rows.getMetaData());
                }
            }
        } catch (SQLException e) {
            throw failure("the query cannot be run", e);
        }
    }

    private JdbcColumn[] columns(ResultSetMetaData described) throws SQLException, SourceFailure {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= described.getColumnCount(); i++) {
            names.add(described.getColumnLabel(i));
        }
        int[] numbers = FieldNames.columns(fields, names, "the query");
        JdbcColumn[] columns = new JdbcColumn[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            columns[i] = JdbcColumn.of(described, numbers[i] + 1, settings.isMariaDb());
        }
        return columns;
    }

    @Override
    public void read(RowListener to) throws SourceFailure, InterruptedException {
        long row = 0;
        try (Connection open = open()) {
            // only so a driver gives rows as they are asked for, and not all at once
            open.setAutoCommit(false);
            try (Statement statement = open.createStatement()) {
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows = statement.executeQuery(settings.query())) {
                    JdbcColumn[] columns = columns(rows.getMetaData());
                    while (rows.next()) {
                        row++;
                        @Nullable Object[] values = new Object[columns.length];
                        for (int i = 0; i < columns.length; i++) {
                            values[i] = columns[i].value(rows);
                        }
                        to.row(row, values);
                    }
                }
            }
            open.rollback();
        } catch (SQLException e) {
            throw failure(row == 0 ? "the query cannot be run" : "the scan broke off behind row " + row, e);
        }
    }

    private Connection open() throws SourceFailure {
        Properties properties = new Properties();
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        if (!settings.password().isEmpty()) {
            properties.setProperty("password", settings.password());
        }
        String start = null;
        if (settings.isPostgres()) {
            properties.setProperty("binaryTransfer", "false");
            properties.setProperty("tcpKeepAlive", "true");
            start = OF_POSTGRES;
        } else if (settings.isMariaDb()) {
            properties.setProperty("tinyInt1isBit", "false");
            properties.setProperty("tcpKeepAlive", "true");
            start = OF_MARIADB;
        }
        try {
            Connection opened =
                    Drivers.of(settings.driverUrl(), classes.loader()).connect(settings.driverUrl(), properties);
            if (opened == null) {
                throw new SourceFailure(Kind.SETTING, settings.server() + " is no address that its driver knows");
            }
            keep(opened);
            prepare(opened, start);
            return opened;
        } catch (SQLException e) {
            throw failure("no connection to " + settings.server(), e);
        }
    }

    private static void prepare(Connection opened, @Nullable String start) throws SQLException {
        if (start == null) {
            return;
        }
        try (Statement statement = opened.createStatement()) {
            statement.execute(start);
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    private void keep(Connection opened) throws SQLException, SourceFailure {
        synchronized (lock) {
            if (closed) {
                opened.close();
                throw new SourceFailure(Kind.PASSING, "the source was closed");
            }
            connection = opened;
        }
    }

    private static SourceFailure failure(String what, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        // who logs in, where to, and what the statement says; all else may be otherwise the next time
        boolean setting = state.startsWith("28") || state.startsWith("3D") || state.startsWith("42");
        String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", "; ");
        return new SourceFailure(setting ? Kind.SETTING : Kind.PASSING, what + ": " + message, e);
    }

    @Override
    public String describe(long place) {
        return "row " + place + " of the query";
    }

    @Override
    public void close() {
        Connection open;
        synchronized (lock) {
            closed = true;
            open = connection;
        }
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("The connection did not end in order: {}", e.getMessage());
            }
        }
        classes.close();
    }
}
