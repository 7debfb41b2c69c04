// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** Runs a file of SQL: its name is the argument, where the database is the environment says. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Job.main((mission, result) -> {
            Path file = Path.of(args[0]);
            try {
                List<SqlStatement> statements = SqlStatement.read(Files.readString(file));
                try (Connection database = connect()) {
                    new SqlFile(file.toString(), statements).run(database, System.getenv(), result);
                }
            } catch (SqlFailure e) {
                if (e.hopeless()) {
                    result.doNotRetry();
                }
                throw e;
            }
        });
    }

    private static Connection connect() throws SqlFailure {
        String url = System.getenv().getOrDefault("HIPPO_SQL_URL", "");
        Properties login = new Properties();
        for (String name : List.of("user", "password")) {
            String value = System.getenv("HIPPO_SQL_" + name.toUpperCase(Locale.ROOT));
            if (value != null) {
                login.setProperty(name, value);
            }
        }
        try {
            return DriverManager.getConnection(url, login);
        } catch (SQLException e) {
            boolean driver = String.valueOf(e.getMessage()).startsWith("No suitable driver");
            throw new SqlFailure(
                    "no connection to the database: " + e.getMessage()
                            + (driver ? "; name the jar of its driver in 'classpath'" : ""),
                    e);
        }
    }
}
