// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.Chunk;
import dev.hippo.capture.source.KeyRange;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.RowChange.Op;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.capture.source.SourceTable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of tables in one transaction with a consistent snapshot, of which MariaDB tells the place in its log without any lock; MySQL's log is held by a read lock for the
 * moment in which the transaction begins. Used once, by one thread; {@link #close} may be called by any.
 */
final class RowSnapshot implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 1000;
    private static final int TABLE_CHANGED = 1412;
    private static final int NANOS = 9;

    private final MariaDbSettings settings;
    private final Contracts contracts;
    private final Object lock = new Object();
    private boolean closed;
    private @Nullable Connection connection;

    RowSnapshot(MariaDbSettings settings, Contracts contracts) {
        this.settings = settings;
        this.contracts = contracts;
    }

    /**
     * Reads all rows.
     *
     * @param stored what to tell as their place; null for the place at which they are read
     */
    Position read(List<SourceTable> tables, @Nullable Position stored, SnapshotListener to)
            throws SourceFailure, InterruptedException {
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            open(server.connection());
            Position read = begin(server).position(settings.epoch());
            Position at = stored == null ? read : stored;
            to.begin(at, now(server.connection()));
            List<TableDefinition> found = new Catalog(server).tables(new TablePatterns(settings.tables()));
            for (SourceTable wanted : tables) {
                table(server.connection(), definition(found, wanted), to);
            }
            to.end();
            return at;
        } catch (SQLException e) {
            if (isClosed()) {
                throw stopped(e);
            }
            throw e.getErrorCode() == TABLE_CHANGED
                    ? new SourceFailure(
                            Kind.PASSING, "a table was changed while its rows were read: " + e.getMessage(), e)
                    : ServerFailures.of(settings, "read the rows of the tables", e);
        }
    }

    /** Reads the first rows of a range of keys. */
    Chunk chunk(SourceTable wanted, KeyRange range, int most) throws SourceFailure, InterruptedException {
        try (Server server = Server.connect(settings)) {
            server.checkSettings();
            open(server.connection());
            Position at = begin(server).position(settings.epoch());
            Instant takenAt = now(server.connection());
            List<TableDefinition> found = new Catalog(server).tables(new TablePatterns(settings.tables()));
            ChunkQuery query = ChunkQuery.of(definition(found, wanted), range, most);
            List<RowChange> rows = new ArrayList<>();
            Map<String, String> last = table(server.connection(), query, rows::add);
            return new Chunk(at, takenAt, rows, last, rows.size() < most);
        } catch (SQLException e) {
            if (isClosed()) {
                throw stopped(e);
            }
            throw ServerFailures.of(settings, "read rows of " + wanted.fullName(), e);
        }
    }

    private static InterruptedException stopped(SQLException cause) {
        InterruptedException stopped = new InterruptedException("the source was closed");
        stopped.initCause(cause);
        return stopped;
    }

    private void open(Connection opened) throws InterruptedException {
        synchronized (lock) {
            if (closed) {
                throw new InterruptedException("the source is closed");
            }
            connection = opened;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private static TableDefinition definition(List<TableDefinition> found, SourceTable wanted) throws SourceFailure {
        for (TableDefinition table : found) {
            if (table.schema().equals(wanted.schema()) && table.name().equals(wanted.name())) {
                return table;
            }
        }
        throw new SourceFailure(Kind.SETTING, "table " + wanted.fullName() + " is not there any more");
    }

    private static LogPlace begin(Server server) throws SQLException, SourceFailure {
        try (Statement statement = server.connection().createStatement()) {
            // who takes the rows may take his time
            statement.execute("set session net_write_timeout = 86400, session wait_timeout = 86400");
            statement.execute("set session transaction isolation level repeatable read");
            if (server.isMariaDb()) {
                statement.execute("start transaction with consistent snapshot");
                return snapshotPlace(statement);
            }
            statement.execute("flush tables with read lock");
            statement.execute("start transaction with consistent snapshot");
            LogPlace place = server.end().place();
            statement.execute("unlock tables");
            return place;
        }
    }

    private static LogPlace snapshotPlace(Statement statement) throws SQLException, SourceFailure {
        String file = "";
        long offset = 0;
        try (ResultSet rows = statement.executeQuery("show status like 'binlog_snapshot_%'")) {
            while (rows.next()) {
                if (rows.getString(1).equalsIgnoreCase("binlog_snapshot_file")) {
                    file = rows.getString(2);
                } else if (rows.getString(1).equalsIgnoreCase("binlog_snapshot_position")) {
                    offset = rows.getLong(2);
                }
            }
        }
        if (file.isEmpty()) {
            throw new SourceFailure(
                    Kind.SETTING, "the server does not tell the place of a snapshot in its log (binlog_snapshot_file)");
        }
        return LogPlace.of(file, offset);
    }

    private static Instant now(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select unix_timestamp(now(6))")) {
            rows.next();
            BigDecimal now = rows.getBigDecimal(1);
            return Instant.ofEpochSecond(now.longValue(), nanos(now));
        }
    }

    private static int nanos(BigDecimal second) {
        return second.remainder(BigDecimal.ONE).movePointRight(NANOS).intValue();
    }

    private void table(Connection from, TableDefinition table, SnapshotListener to)
            throws SQLException, SourceFailure, InterruptedException {
        to.table(table.table());
        table(from, ChunkQuery.ofAll(table), to::row);
    }

    /** Tells the rows that a query asks for; gives the key of the last. */
    private Map<String, String> table(Connection from, ChunkQuery query, Rows to)
            throws SQLException, SourceFailure, InterruptedException {
        TableDefinition table = query.table();
        SourceTable told = table.table();
        ContractMapping mapping = contracts.mapping(told);
        Row row = new Row(table, new ImageWriter(mapping), new ImageWriter(mapping));
        String columns = table.columns().stream().map(RowSnapshot::expression).collect(Collectors.joining(", "));
        Map<String, String> last = Map.of();
        try (PreparedStatement statement = from.prepareStatement("select " + columns + query.rest())) {
            statement.setFetchSize(ROWS_AT_ONCE);
            query.set(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    to.row(row.read(rows, told));
                    last = query.bounded() ? query.key(rows) : last;
                }
            }
        }
        return last;
    }

    @FunctionalInterface
    private interface Rows {
        void row(RowChange row) throws InterruptedException;
    }

    /** In a form that the driver gives without any loss. */
    private static String expression(ColumnDefinition column) {
        String name = ChunkQuery.quoted(column.name());
        return switch (column.type()) {
            case TEXT, JSON, UUID, ENUM, SET -> "convert(" + name + " using utf8mb4)";
            case DECIMAL -> "cast(cast(" + name + " as decimal(" + column.size() + "," + column.scale() + ")) as char)";
            case DATE, TIME -> "cast(" + name + " as char)";
            case LOCAL_DATE_TIME -> "replace(cast(" + name + " as char), ' ', 'T')";
            case INSTANT -> "unix_timestamp(" + name + ")";
            case BOOL, UINT64 -> "cast(cast(" + name + " as unsigned) as char)";
            case FLOAT, DOUBLE -> "cast(" + name + " + 0e0 as char)";
            default -> name;
        };
    }

    /** Writes rows as the log's would be. */
    private static final class Row {
        private final TableDefinition table;
        private final ImageWriter image;
        private final ImageWriter key;

        Row(TableDefinition table, ImageWriter image, ImageWriter key) {
            this.table = table;
            this.image = image;
            this.key = key;
        }

        RowChange read(ResultSet row, SourceTable told) throws SQLException, SourceFailure {
            image.begin();
            key.begin();
            for (int i = 0; i < table.columns().size(); i++) {
                ColumnDefinition column = table.columns().get(i);
                if (image.wants(i)) {
                    put(row, column, i, image);
                }
                if (told.key().contains(column.name())) {
                    put(row, column, i, key);
                }
            }
            return new RowChange(Op.READ, told, told.key().isEmpty() ? null : key.end(), null, image.end(), List.of());
        }

        private void put(ResultSet row, ColumnDefinition column, int at, ImageWriter to)
                throws SQLException, SourceFailure {
            switch (column.type()) {
                case INT32, INT64, UINT32 -> {
                    long value = row.getLong(at + 1);
                    if (!row.wasNull()) {
                        to.putLong(at, value);
                    }
                }
                case BYTES -> putBytes(row.getBytes(at + 1), at, to);
                default -> {
                    String text = row.getString(at + 1);
                    if (text != null) {
                        putText(text, column, at, to);
                    }
                }
            }
        }

        private void putText(String text, ColumnDefinition column, int at, ImageWriter to) throws SourceFailure {
            switch (column.type()) {
                case BOOL -> to.putBool(at, !text.equals("0"));
                case UINT64 -> to.putLong(at, Long.parseUnsignedLong(text));
                case FLOAT, DOUBLE -> to.putDouble(at, Double.parseDouble(text));
                case INSTANT -> {
                    BigDecimal second = new BigDecimal(text);
                    to.putInstant(at, second.longValue(), nanos(second));
                }
                default -> {
                    if (to.wantsInstant(at)) {
                        putInstant(text, column, at, to);
                    } else {
                        putBytes(text.getBytes(StandardCharsets.UTF_8), at, to);
                    }
                }
            }
        }

        private static void putBytes(byte @Nullable [] bytes, int at, ImageWriter to) {
            if (bytes != null) {
                to.putBytes(at, bytes, 0, bytes.length);
            }
        }

        private void putInstant(String text, ColumnDefinition column, int at, ImageWriter to) throws SourceFailure {
            try {
                Instant moment = Instant.parse(text + "Z");
                to.putInstant(at, moment.getEpochSecond(), moment.getNano());
            } catch (DateTimeException e) {
                throw new SourceFailure(
                        Kind.SETTING,
                        "a value of column '" + column.name() + "' of " + table.schema() + "." + table.name()
                                + " cannot be told: " + text + " is no moment; make the field a string",
                        e);
            }
        }
    }

    /** Ends {@link #read}. */
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
                throw new IllegalStateException("the connection cannot be ended", e);
            }
        }
    }
}
