// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Where the database is, and who logs in: what the variables of a job say. */
final class DatabaseLogin {
    private static final int LOGIN_SECONDS = 30;

    private DatabaseLogin() {}

    /**
     * Connects.
     *
     * @throws SqlFailure if there is no driver, no database or no such user
     */
    static Connection connect(Map<String, String> variables) throws SqlFailure {
        String url = variables.getOrDefault("HIPPO_SQL_URL", "");
        Properties login = new Properties();
        for (String name : List.of("user", "password")) {
            String value = variables.get("HIPPO_SQL_" + name.toUpperCase(Locale.ROOT));
            if (value != null) {
                login.setProperty(name, value);
            }
        }
        if (DriverManager.drivers().noneMatch(driver -> {
            try {
                return driver.acceptsURL(url);
            } catch (SQLException e) {
                return false;
            }
        })) {
            // the whole address may hold a password
            throw new SqlFailure(
                    "there is no driver for " + url.replaceFirst("^(jdbc:[^:]*:).*", "$1")
                            + "...; name the jar of one in 'classpath'",
                    true);
        }
        try {
            DriverManager.setLoginTimeout(LOGIN_SECONDS);
            Connection connection = DriverManager.getConnection(url, login);
            noticeDeath(connection);
            return connection;
        } catch (SQLException e) {
            throw new SqlFailure("no connection to the database: " + e.getMessage(), e);
        }
    }

    /** PostgreSQL goes on with a statement whose client was killed, beside the next attempt, unless it is told to look. */
    private static void noticeDeath(Connection connection) throws SQLException {
        DatabaseMetaData product = connection.getMetaData();
        if (product.getDatabaseProductName().equals("PostgreSQL") && product.getDatabaseMajorVersion() >= 14) {
            try (Statement setting = connection.createStatement()) {
                setting.execute("set client_connection_check_interval = '2s'");
            } catch (SQLException e) {
                // on some systems it cannot; the statement comes to its end there, and is not committed
                System.err.println("a statement may outlive its client here: " + e.getMessage());
            }
        }
    }
}
