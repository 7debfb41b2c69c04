// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Job;
import dev.hippo.sdk.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Runs a file of SQL: its name is the argument, where the database or the query service is the environment says. */
public final class Main {
    /** How long a query service may be away: as long as another process takes to take its place. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Main() {}

    public static void main(String[] args) {
        Job.main((mission, result) -> {
            try {
                run(Path.of(args[0]), System.getenv(), result);
            } catch (SqlFailure e) {
                if (e.hopeless()) {
                    result.doNotRetry();
                }
                throw e;
            }
        });
    }

    private static void run(Path file, Map<String, String> variables, Result result) throws Exception {
        String name = file.toString();
        String text = Files.readString(file);
        if (!variables.getOrDefault("HIPPO_SQL_URL", "").startsWith("jdbc:")) {
            QueryFile.read(name, text, variables).run(QueryClient.of(variables, PATIENCE), result, System.out);
            return;
        }
        try (Connection database = connect(variables)) {
            new SqlFile(name, SqlStatement.read(text)).run(database, variables, result, System.out);
        }
    }

    private static Connection connect(Map<String, String> variables) throws SqlFailure {
        Properties login = new Properties();
        for (String name : List.of("user", "password")) {
            String value = variables.get("HIPPO_SQL_" + name.toUpperCase(Locale.ROOT));
            if (value != null) {
                login.setProperty(name, value);
            }
        }
        try {
            return DriverManager.getConnection(variables.get("HIPPO_SQL_URL"), login);
        } catch (SQLException e) {
            boolean driver = String.valueOf(e.getMessage()).startsWith("No suitable driver");
            throw new SqlFailure(
                    "no connection to the database: " + e.getMessage()
                            + (driver ? "; name the jar of its driver in 'classpath'" : ""),
                    e);
        }
    }
}
