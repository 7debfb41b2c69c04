// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.capture.mariadb.MariaDbServer;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A connector of MariaDB that a pipeline brings. */
class BroughtConnectorMariaDbIT extends BroughtConnectorTests {
    private static CapturedMariaDb database;

    @BeforeAll
    static void start() throws Exception {
        database = CapturedMariaDb.start();
        use(database);
    }

    @AfterAll
    static void stop() throws Exception {
        database.stop();
    }

    @Override
    String connector() {
        return "io.debezium.connector.mariadb.MariaDbConnector";
    }

    @Override
    String properties() {
        int port = URI.create(database.url().substring("jdbc:".length())).getPort();
        return "database.hostname: 127.0.0.1, database.port: " + port;
    }

    @Override
    String access() {
        return super.access() + ", user: " + MariaDbServer.USER + ", password: \"" + MariaDbServer.PASSWORD + "\"";
    }

    @Override
    List<String> wrongLogin() {
        return List.of(MariaDbServer.PASSWORD, "wrong", "Access denied");
    }

    @Test
    void aPurgedLogIsToldWithWhatToDo() throws Exception {
        Running first = new Running();
        awaitEqual();
        execute("update " + table + " set balance = 3");
        awaitEqual();
        first.service.stop();
        database.purgeLog();
        assertThat(failure()).hasMessageContaining("give the hippo another name");
    }
}
