// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connector of PostgreSQL that a pipeline brings. */
class BroughtConnectorPostgresIT extends BroughtConnectorTests {
    private static CapturedPostgres database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedPostgres.start();
        use(database);
    }

    @AfterAll
    static void stop() throws Exception {
        database.stop();
    }

    @Override
    String connector() {
        return "io.debezium.connector.postgresql.PostgresConnector";
    }

    @Override
    String properties() {
        int port = URI.create(database.url().substring("jdbc:".length())).getPort();
        return "database.hostname: localhost, database.port: " + port + ", database.dbname: postgres";
    }

    @Override
    String access() {
        return super.access() + ", user: postgres";
    }

    @Override
    List<String> wrongLogin() {
        return List.of("user: postgres", "user: nobody", "\"nobody\"");
    }

    @Test
    void aLostSlotIsToldWithWhatToDo() throws Exception {
        Running first = new Running();
        awaitEqual();
        execute("update " + table + " set balance = 3");
        awaitEqual();
        first.service.stop();
        database.forgetReaders();
        execute("update " + table + " set balance = 4");
        assertThat(failure()).hasMessageContaining("give the hippo another name");
    }
}
