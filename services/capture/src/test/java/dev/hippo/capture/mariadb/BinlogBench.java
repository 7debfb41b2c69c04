// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.DeleteRowsEventData;
import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import com.github.shyiko.mysql.binlog.event.WriteRowsEventData;
import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;

/**
 * Not a test: drains a backlog of 500,000 changes (70 % inserts, 30 % updates, 7 columns, about 190 bytes) by the bare client library, which makes objects of them, and by the source,
 * which writes messages of a contract. Prints changes a second and CPU of this process for each. Argument: rows in a transaction.
 */
public final class BinlogBench {
    private static final int INSERTS = 350_000;
    private static final int UPDATES = 150_000;
    private static final int ROUNDS = 4;

    private BinlogBench() {}

    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        try (MariaDbServer server = MariaDbServer.start("--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0")) {
            server.execute(
                    "create database bank character set utf8mb4",
                    "create table bank.t (id bigint primary key, account int, name varchar(60), note varchar(120),"
                            + " amount decimal(12,2), at timestamp(6) null, state enum('new', 'done'))");
            TableMessages messages = new TableMessages();
            MariaDbSettings settings = new MariaDbSettings(
                    server.url(), MariaDbServer.USER, MariaDbServer.PASSWORD, List.of("bank.t"), 4711, 0);
            Position from = now(settings, messages);
            fill(server, rows);
            Position to = now(settings, messages);
            for (int i = 0; i < ROUNDS; i++) {
                measure("bare library", () -> bare(server, LogPlace.of(from)));
                measure("source      ", () -> source(settings, messages, from, to));
            }
        }
    }

    private static Position now(MariaDbSettings settings, TableMessages messages) throws Exception {
        try (MariaDbSource source = new MariaDbSource(settings, messages)) {
            return source.now();
        }
    }

    private static void fill(MariaDbServer server, int rows) throws Exception {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < INSERTS; i += rows) {
                statement.execute("insert into bank.t select seq, seq % 1000, concat('name of the customer ', seq),"
                        + " repeat('note ', 20), seq / 100, now(6), 'new' from bank.seq_" + (i + 1) + "_to_"
                        + Math.min(i + rows, INSERTS));
            }
            for (int i = 0; i < UPDATES; i += rows) {
                statement.execute("update bank.t set amount = amount + 1, state = 'done' where id between " + (i + 1)
                        + " and " + Math.min(i + rows, UPDATES));
            }
        }
    }

    /** What is measured: tells how many changes it has read. */
    private interface Drain {
        int run() throws Exception;
    }

    private static void measure(String name, Drain drain) throws Exception {
        long cpu = cpu();
        long begin = System.nanoTime();
        int changes = drain.run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        double micros = (cpu() - cpu) / 1e3 / changes;
        System.out.printf("%s %,d changes %,.0f/s %.2f us CPU each%n", name, changes, changes / seconds, micros);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static int bare(MariaDbServer server, LogPlace from) throws IOException {
        BinaryLogClient client =
                new BinaryLogClient("127.0.0.1", server.port(), MariaDbServer.USER, MariaDbServer.PASSWORD);
        client.setServerId(4712);
        client.setBlocking(false);
        client.setKeepAlive(false);
        client.setBinlogFilename(from.fileName("binlog"));
        client.setBinlogPosition(from.offset());
        int[] changes = {0};
        client.registerEventListener(event -> changes[0] += rows(event.getData()));
        client.connect();
        return changes[0];
    }

    private static int rows(EventData data) {
        if (data instanceof WriteRowsEventData write) {
            return write.getRows().size();
        }
        if (data instanceof UpdateRowsEventData update) {
            return update.getRows().size();
        }
        return data instanceof DeleteRowsEventData delete ? delete.getRows().size() : 0;
    }

    private static int source(MariaDbSettings settings, TableMessages messages, Position from, Position to)
            throws Exception {
        MariaDbSource source = new MariaDbSource(settings, messages);
        int[] changes = {0};
        source.stream(from, new ChangeListener() {
            @Override
            public void begin(String id, Instant committedAt) {}

            @Override
            public void change(RowChange change) {
                changes[0]++;
            }

            @Override
            public void commit(Position behind) {
                if (behind.compareTo(to) >= 0) {
                    source.close();
                }
            }

            @Override
            public void advanced(Position reached) {
                commit(reached);
            }
        });
        return changes[0];
    }
}
