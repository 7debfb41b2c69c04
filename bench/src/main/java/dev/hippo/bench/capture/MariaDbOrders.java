// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import dev.hippo.bench.BenchPipeline;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.mariadb.MariaDbSettings;
import dev.hippo.capture.mariadb.MariaDbSource;
import dev.hippo.capture.source.ChangeSource;
import dev.hippo.examples.database.MariaDbServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** Of MariaDB. */
final class MariaDbOrders implements ChangedOrders {
    private static final int ROWS_PER_TRANSACTION = 100;
    private static final long BARE_READER = 4711;
    private static final long OUR_READER = 4713;

    private final Path folder;
    private final MariaDbServer server;
    /** Where the log ended before the last load. */
    private String file = "";

    private long offset;

    private MariaDbOrders(Path folder, MariaDbServer server) {
        this.folder = folder;
        this.server = server;
    }

    static MariaDbOrders start() throws Exception {
        Path folder = Files.createTempDirectory("hippo-bench-mariadb");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        MariaDbOrders orders = new MariaDbOrders(folder, MariaDbServer.start(folder.resolve("server"), port));
        orders.execute(
                "create database bank character set utf8mb4",
                "set global innodb_flush_log_at_trx_commit = 0",
                "set global sync_binlog = 0",
                "create table bank.orders (id bigint primary key, customer int, amount decimal(12,2), paid bit(1), ratio double, created timestamp(6) null, note varchar(120))");
        return orders;
    }

    private void execute(String... statements) throws Exception {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Override
    public String server() {
        return "MariaDB 10.11";
    }

    @Override
    public String source() {
        return "url: '" + server.url("") + "', user: " + MariaDbServer.USER + ", password: " + MariaDbServer.PASSWORD
                + ", tables: [bank.orders]";
    }

    @Override
    public Map<String, String> connector() {
        return Map.of(
                "connector.class", "io.debezium.connector.mariadb.MariaDbConnector",
                "database.hostname", "127.0.0.1",
                "database.port", Integer.toString(server.port()),
                "database.user", MariaDbServer.USER,
                "database.password", MariaDbServer.PASSWORD,
                "database.server.id", "4712",
                "database.ssl.mode", "disable",
                "schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory",
                "table.include.list", "bank.orders");
    }

    @Override
    public ChangeSource open(Contracts contracts) {
        return new MariaDbSource(
                new MariaDbSettings(
                        server.url(""),
                        MariaDbServer.USER,
                        MariaDbServer.PASSWORD,
                        List.of("bank.orders"),
                        OUR_READER,
                        0),
                contracts);
    }

    @Override
    public String bareLoop() {
        return "bare binlog client, rows as objects";
    }

    @Override
    public void load(int before, int changes) throws Exception {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            try (ResultSet end = statement.executeQuery("show master status")) {
                end.next();
                file = end.getString("File");
                offset = end.getLong("Position");
            }
            int inserts = changes * 7 / 10;
            for (int i = before; i < before + inserts; i += ROWS_PER_TRANSACTION) {
                statement.execute(
                        "insert into bank.orders select seq, seq % 1000, seq * 0.37, seq % 2, seq / 7.0, now(6),"
                                + " concat('order number ', seq, ' of a customer who wants it soon') from bank.seq_"
                                + (i + 1) + "_to_" + Math.min(i + ROWS_PER_TRANSACTION, before + inserts));
            }
            for (int i = before; i < before + changes - inserts; i += ROWS_PER_TRANSACTION) {
                statement.execute("update bank.orders set paid = not paid, amount = amount + 1 where id between "
                        + (i + 1) + " and " + Math.min(i + ROWS_PER_TRANSACTION, before + changes - inserts));
            }
        }
    }

    @Override
    public void single(int number) throws Exception {
        execute("insert into bank.orders (id) values (" + -number + ")");
    }

    @Override
    public Cost readBare(int changes) throws Exception {
        BinaryLogClient client =
                new BinaryLogClient("127.0.0.1", server.port(), MariaDbServer.USER, MariaDbServer.PASSWORD);
        client.setServerId(BARE_READER);
        client.setBlocking(false);
        client.setKeepAlive(false);
        client.setBinlogFilename(file);
        client.setBinlogPosition(offset);
        SecondHalf half = new SecondHalf(
                changes, () -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
        client.registerEventListener(event -> half.read(rows(event.getData())));
        client.connect();
        if (!half.isWhole()) {
            throw new IllegalStateException("the log has not all of " + changes + " changes");
        }
        return half.cost();
    }

    private static int rows(EventData data) {
        if (data instanceof WriteRowsEventData write) {
            return write.getRows().size();
        }
        return data instanceof UpdateRowsEventData update ? update.getRows().size() : 0;
    }

    @Override
    public void close() throws IOException {
        server.close();
        BenchPipeline.remove(folder);
    }
}
