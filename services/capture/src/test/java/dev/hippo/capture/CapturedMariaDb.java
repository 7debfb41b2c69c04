// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.awaitility.Awaitility.await;

import dev.hippo.capture.mariadb.MariaDbServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A MariaDB whose log tells the names of columns. */
final class CapturedMariaDb implements CapturedDatabase {
    private final MariaDbServer server;
    private final Connection connection;

    private CapturedMariaDb(MariaDbServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    static CapturedMariaDb start() throws Exception {
        MariaDbServer server = MariaDbServer.start("--binlog-row-metadata=FULL");
        CapturedMariaDb started = new CapturedMariaDb(server, server.connect());
        try (Statement statement = started.connection.createStatement()) {
            statement.execute("create database bank");
        }
        return started;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    String url() {
        return server.url();
    }

    /** Takes away all of the log but its newest file, which is empty. */
    void purgeLog() throws Exception {
        await().atMost(Duration.ofMinutes(2)).until(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("flush binary logs");
                List<String> files = files(statement);
                // the server passes over what its tables have not settled yet, and says nothing
                statement.execute("purge binary logs to '" + files.get(files.size() - 1) + "'");
                return files(statement).size() == 1;
            }
        });
    }

    private static List<String> files(Statement statement) throws Exception {
        List<String> files = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery("show binary logs")) {
            while (rows.next()) {
                files.add(rows.getString(1));
            }
        }
        return files;
    }

    @Override
    public String access() {
        return "url: '" + server.url() + "', user: " + MariaDbServer.USER + ", password: \"" + MariaDbServer.PASSWORD
                + "\"";
    }

    @Override
    public String schema() {
        return "bank";
    }

    @Override
    public String quoted(String odd) {
        return '`' + odd + '`';
    }

    @Override
    public String declaredNumeric() {
        return "decimal(12,2)";
    }

    @Override
    public String longText() {
        return "longtext";
    }

    @Override
    public String series(int first, int last) {
        return "seq, 'bulk', 1 from bank.seq_" + first + "_to_" + last;
    }

    @Override
    public void tellBefore(String table) {
        // the row image is FULL, as it comes
    }

    @Override
    public void partition(String table) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter table " + table + " partition by key() partitions 3");
        }
    }

    @Override
    public void forgetReaders() {
        // it keeps none
    }

    @Override
    public void stop() throws Exception {
        connection.close();
        server.close();
    }
}
