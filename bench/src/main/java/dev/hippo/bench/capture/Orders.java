// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/** A table of PostgreSQL whose log is read: seven changes in ten are new rows, a hundred are a transaction. */
final class Orders {
    private static final int ROWS_PER_TRANSACTION = 100;

    private Orders() {}

    /** With a publication and a slot for the bare stream. */
    static void create(String url) throws SQLException {
        execute(
                url,
                // the embedded server's default lets a commit reach the log up to 0.2 s later, and its readers after
                // that
                "alter role postgres set synchronous_commit = on",
                "create table orders (id bigint primary key, customer int, amount numeric(12,2), paid boolean, ratio double precision, created timestamptz, note text)",
                "create procedure fill(first int, last int) language plpgsql as $$ begin for i in first..last loop "
                        + "insert into orders values (i, i % 1000, i * 0.37, i % 2 = 0, i / 7.0, now(), 'order number ' || i || ' of a customer who wants it soon'); "
                        + "if i % " + ROWS_PER_TRANSACTION + " = 0 then commit; end if; end loop; end $$",
                "create procedure pay(first int, last int) language plpgsql as $$ begin for i in first..last loop "
                        + "update orders set paid = not paid, amount = amount + 1 where id = i; "
                        + "if i % " + ROWS_PER_TRANSACTION + " = 0 then commit; end if; end loop; end $$",
                "create publication bare for table orders",
                "select pg_create_logical_replication_slot('bare', 'pgoutput')");
    }

    private static void execute(String url, String... commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    /**
     * Makes changes.
     *
     * @param before how many were made by now
     */
    static void load(String url, int before, int changes) throws SQLException {
        int inserts = changes * 7 / 10;
        execute(
                url,
                "call fill(" + (before + 1) + ", " + (before + inserts) + ")",
                "call pay(" + (before + 1) + ", " + (before + changes - inserts) + ")");
    }

    /** Reads that many changes of the log, decodes nothing, lets the server forget them. */
    static Cost readBare(String url, int changes) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "14");
        properties.setProperty("preferQueryMode", "simple");
        awaitFree(url);
        try (Connection connection = DriverManager.getConnection(url, properties);
                PGReplicationStream stream = connection
                        .unwrap(PGConnection.class)
                        .getReplicationAPI()
                        .replicationStream()
                        .logical()
                        .withSlotName("bare")
                        .withSlotOption("proto_version", 1)
                        .withSlotOption("publication_names", "bare")
                        .start()) {
            SecondHalf half = new SecondHalf(
                    changes, () -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
            LogSequenceNumber last = LogSequenceNumber.INVALID_LSN;
            while (!half.isWhole()) {
                byte kind = stream.read().get();
                if (kind == 'I' || kind == 'U') {
                    half.read(1);
                }
                last = stream.getLastReceiveLSN();
            }
            Cost cost = half.cost();
            stream.setFlushedLSN(last);
            stream.setAppliedLSN(last);
            stream.forceUpdateStatus();
            return cost;
        }
    }

    /** The server sees a moment later that a reader has gone. */
    private static void awaitFree(String url) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            boolean busy = true;
            while (busy) {
                try (ResultSet row = statement.executeQuery(
                        "select count(*) from pg_replication_slots where slot_name = 'bare' and active")) {
                    row.next();
                    busy = row.getInt(1) > 0;
                }
            }
        }
    }
}
