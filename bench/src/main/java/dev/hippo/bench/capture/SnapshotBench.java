// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import dev.hippo.bench.BenchPipeline;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.snapshot.SnapshotOrder;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Rows of a snapshot of PostgreSQL into the topic of latest rows: the first one, and one that is ordered later and read in parts beside the stream, both beside the driver's COPY of the table
 * with nothing decoded. Everything on this machine. Arguments: rows (2,000,000), rounds that count (3). Run from the root of the repository, on a built tree.
 */
public final class SnapshotBench {
    private static final String TABLE = "public.orders";
    private static final String HIPPO = "orders-db";
    private static final TopicPartition TOPIC = new TopicPartition("orders", 0);
    private static final Duration POLL = Duration.ofMillis(100);

    private static final String PIPELINE = """
            pipeline: snapshot-bench
            topics:
              orders: {contract: bench.v1.Order, key: id, changelog: true, partitions: 1}
            hippos:
              orders-db:
                kind: db-etl
                source: {url: '%s', user: postgres, tables: [public.orders]}
                publish: orders
            """;

    private SnapshotBench() {}

    public static void main(String[] args) throws Exception {
        int rows = args.length > 0 ? Integer.parseInt(args[0]) : 2_000_000;
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
            fill(url, rows);
            System.out.println(
                    "| round | COPY by the driver, rows/s | first snapshot | of COPY | ordered again | of COPY |");
            System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: |");
            for (int round = 0; round <= rounds; round++) {
                double bare = copy(url, rows);
                try (BenchPipeline pipeline = BenchPipeline.of(
                        Path.of("lib"), PIPELINE.formatted(url), Map.of("orders.proto", CaptureBench.CONTRACT))) {
                    double[] ours = snapshots(pipeline, rows);
                    if (round > 0) {
                        System.out.printf(
                                Locale.ROOT,
                                "| %d | %,.0f | %,.0f | %.2f | %,.0f | %.2f |%n",
                                round,
                                bare,
                                ours[0],
                                ours[0] / bare,
                                ours[1],
                                ours[1] / bare);
                    }
                }
                forgetSlot(url);
            }
        }
    }

    private static void fill(String url, int rows) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table orders (id bigint primary key, customer int, amount numeric(12,2), paid boolean, ratio double precision, created timestamptz, note text)");
            statement.execute("insert into orders select i, i % 1000, i * 0.37, i % 2 = 0, i / 7.0, now(),"
                    + " 'order number ' || i || ' of a customer who wants it soon' from generate_series(1, " + rows
                    + ") i");
            statement.execute("vacuum analyze orders");
        }
    }

    private static void forgetSlot(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_terminate_backend(active_pid) from pg_replication_slots where active");
            statement.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots where not active");
        }
    }

    private static double copy(String url, int rows) throws Exception {
        try (Connection connection = DriverManager.getConnection(url, "postgres", "")) {
            CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy orders to stdout");
            long begun = System.nanoTime();
            int read = 0;
            while (copy.readFromCopy() != null) {
                read++;
            }
            if (read != rows) {
                throw new IllegalStateException("COPY gave " + read + " rows");
            }
            return perSecond(rows, begun);
        }
    }

    private static double perSecond(int rows, long begun) {
        return rows * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begun);
    }

    private static double[] snapshots(BenchPipeline pipeline, int rows) throws Exception {
        KafkaConnection kafka = pipeline.startKafka();
        Map<String, Object> client = new HashMap<>(kafka.clientProperties("snapshot-bench"));
        client.put("isolation.level", "read_committed");
        client.put("enable.auto.commit", false);
        client.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(TOPIC));
            Process process = pipeline.ready("capture", HIPPO, "-Xmx512m", "-XX:+UseParallelGC");
            double first = awaitRows(consumer, process, rows);
            order(kafka, pipeline.spec().name());
            double again = awaitRows(consumer, process, rows);
            BenchPipeline.stop(process);
            return new double[] {first, again};
        }
    }

    private static void order(KafkaConnection kafka, String pipeline) throws Exception {
        SnapshotOrder order = new SnapshotOrder(
                "bench", TABLE, Map.of(), Map.of(), 0, InstantSource.system().instant());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("snapshot-order"), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Capture.positionsTopic(pipeline, HIPPO),
                            SnapshotOrder.key(pipeline, HIPPO, TABLE),
                            order.toBytes()))
                    .get();
        }
    }

    /** Rows a second from the first that is read on, without those of the first poll. */
    private static double awaitRows(KafkaConsumer<byte[], byte[]> consumer, Process capture, int rows) {
        int read = 0;
        int before = 0;
        long begun = 0;
        while (read < rows) {
            if (!capture.isAlive()) {
                throw new IllegalStateException("the hippo has ended after " + read + " rows; see its log");
            }
            int polled = consumer.poll(POLL).count();
            if (polled > 0 && begun == 0) {
                begun = System.nanoTime();
                before = polled;
            }
            read += polled;
        }
        return perSecond(read - before, begun);
    }
}
