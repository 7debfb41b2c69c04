// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import dev.hippo.capture.mariadb.MariaDbServer;
import java.sql.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The capture of MariaDB. */
class MariaDbCaptureIT extends CaptureTests {
    private static MariaDbServer server;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        server = MariaDbServer.start("--binlog-row-metadata=FULL");
        connection = server.connect();
        use(connection);
        execute("create database bank");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        server.close();
    }

    @Override
    String access() {
        return "url: '" + server.url() + "', user: " + MariaDbServer.USER + ", password: \"" + MariaDbServer.PASSWORD
                + "\"";
    }

    @Override
    String schema() {
        return "bank";
    }

    @Override
    String quoted(String odd) {
        return '`' + odd + '`';
    }

    @Override
    String declaredNumeric() {
        return "decimal(12,2)";
    }

    @Override
    String longText() {
        return "longtext";
    }

    @Override
    String series(int first, int last) {
        return "seq, 'bulk', 1 from bank.seq_" + first + "_to_" + last;
    }

    @Override
    void tellBefore(String table) {
        // the row image is FULL, as it comes
    }

    @Override
    void forgetReaders() {
        // it keeps none
    }
}
