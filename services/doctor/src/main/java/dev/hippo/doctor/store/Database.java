// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.hippo.kit.HippoFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The database that holds one pipeline's status, in its newest shape. Thread-safe. */
public final class Database implements AutoCloseable {
    private static final int CONNECTIONS = 6;
    private static final int ANSWER_MILLIS = 10_000;

    private final HikariDataSource source;

    private Database(HikariDataSource source) {
        this.source = source;
    }

    /** The address of the embedded database in a folder: a commit is in the file when it returns, so that killing the process loses none. */
    public static String embedded(Path folder) {
        return "jdbc:h2:file:" + folder.toAbsolutePath().resolve("status")
                + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;MAX_LENGTH_INPLACE_LOB=65536";
    }

    /**
     * Opens a database and brings it to the newest shape; an empty one becomes this pipeline's.
     *
     * @param url {@code jdbc:h2:...} or {@code jdbc:postgresql://...}
     * @throws HippoFailure if it cannot be reached or changed, or is another pipeline's
     */
    public static Database open(String url, String user, String password, String pipeline) throws HippoFailure {
        HikariConfig config = new HikariConfig();
        config.setPoolName("status");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setAutoCommit(false);
        config.setConnectionTimeout(ANSWER_MILLIS);
        HikariDataSource source;
        try {
            source = new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw unusable(url, reason(e), e);
        } catch (RuntimeException e) {
            throw unusable(url, "no driver takes this address; it begins with jdbc:postgresql:// or jdbc:h2:", e);
        }
        boolean opened = false;
        try {
            Flyway.configure(Database.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:dev/hippo/doctor/store")
                    .table("schema_history")
                    .load()
                    .migrate();
            Database database = new Database(source);
            database.claim(url, pipeline);
            opened = true;
            return database;
        } catch (FlywayException | SQLException e) {
            throw unusable(url, reason(e), e);
        } finally {
            if (!opened) {
                source.close();
            }
        }
    }

    private void claim(String url, String pipeline) throws SQLException, HippoFailure {
        try (Connection connection = connection()) {
            List<String> owners =
                    Rows.read(connection, "select name from pipeline", List.of(), row -> row.getString("name"));
            if (owners.isEmpty()) {
                try (PreparedStatement insert = connection.prepareStatement("insert into pipeline (name) values (?)")) {
                    insert.setString(1, pipeline);
                    insert.executeUpdate();
                }
                connection.commit();
            } else if (!owners.contains(pipeline)) {
                throw unusable(
                        url,
                        "it holds the status of pipeline '" + owners.get(0) + "', not of '" + pipeline
                                + "'; give each pipeline a database, or a schema (?currentSchema=NAME), of its own",
                        null);
            }
        }
    }

    private static HippoFailure unusable(String url, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        String message = "the Doctor's database " + shown(url) + " cannot be used: " + why
                + "; mend it, or HIPPO_DOCTOR_DATABASE, HIPPO_DOCTOR_USER and HIPPO_DOCTOR_PASSWORD";
        return cause == null ? new HippoFailure(message) : new HippoFailure(message, cause);
    }

    /** The address without its properties, among which a password may be. */
    private static String shown(String url) {
        return url.split("[?;]", 2)[0];
    }

    private static String reason(Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null) {
            reason = reason.getCause();
        }
        return String.valueOf(reason.getMessage()).strip();
    }

    /** A connection in a transaction; what is not committed when it is closed has not happened. */
    Connection connection() throws SQLException {
        return source.getConnection();
    }

    /** Asks one question. */
    <T> List<T> read(String sql, List<?> parameters, Rows.Reader<T> reader) throws SQLException {
        try (Connection connection = connection()) {
            return Rows.read(connection, sql, parameters, reader);
        }
    }

    @Override
    public void close() {
        source.close();
    }

    /** The milliseconds in a column; null for none. */
    static @org.jspecify.annotations.Nullable Long millis(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }
}
