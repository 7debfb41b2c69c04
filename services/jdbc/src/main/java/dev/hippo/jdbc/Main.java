// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Job;
import dev.hippo.sdk.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;

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
        Interruption interruption = new Interruption(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::interrupt, "interruption"));
        try (Connection database = DatabaseLogin.connect(variables)) {
            new SqlFile(name, SqlStatement.read(text)).run(database, variables, interruption, result, System.out);
        } finally {
            interruption.over();
        }
    }
}
