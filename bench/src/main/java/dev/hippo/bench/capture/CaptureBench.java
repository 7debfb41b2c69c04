// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.capture;

import com.google.protobuf.Timestamp;
import dev.hippo.bench.BenchPipeline;
import dev.hippo.change.v1.ChangeEvent;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A db-etl between PostgreSQL and Kafka, whole: how long after its commit a change is read by a consumer of committed records. Everything on this machine. Argument: seconds at each rate
 * (30). Run from the root of the repository, on a built tree.
 */
public final class CaptureBench {
    private static final TopicPartition CHANGES = new TopicPartition("order-changes", 0);
    private static final String HIPPO = "orders-db";
    /** Seven in ten of them are new rows, which are told first. */
    private static final int LOADED = 1_000;

    private static final int ROWS = LOADED * 7 / 10;
    private static final int UPDATED_ROWS = 500;

    private static final List<Integer> RATES = List.of(10, 100, 1_000);
    private static final Duration POLL = Duration.ofMillis(100);

    private static final String PIPELINE = """
            pipeline: capture-bench
            topics:
              orders: {contract: bench.v1.Order, key: id, changelog: true}
              order-changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
            hippos:
              orders-db:
                kind: db-etl
                source: {url: '%s', user: postgres, tables: [public.orders], changes: order-changes}
                publish: orders
            """;

    static final String CONTRACT = """
            syntax = "proto3";
            package bench.v1;
            import "google/protobuf/timestamp.proto";
            message Order {
              int64 id = 1;
              int32 customer = 2;
              string amount = 3;
              bool paid = 4;
              double ratio = 5;
              google.protobuf.Timestamp created = 6;
              string note = 7;
            }
            """;

    private final String url;
    private final BenchPipeline pipeline;
    private final KafkaConsumer<byte[], byte[]> consumer;

    private CaptureBench(String url, BenchPipeline pipeline, KafkaConsumer<byte[], byte[]> consumer) {
        this.url = url;
        this.pipeline = pipeline;
        this.consumer = consumer;
    }

    public static void main(String[] args) throws Exception {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 30;
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("wal_level", "logical")
                .setServerConfig("max_wal_size", "4GB")
                .start()) {
            String url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
            Orders.create(url);
            Orders.load(url, 0, LOADED);
            try (BenchPipeline pipeline =
                    BenchPipeline.of(Path.of("lib"), PIPELINE.formatted(url), Map.of("orders.proto", CONTRACT))) {
                Map<String, Object> client = new HashMap<>(pipeline.startKafka().clientProperties("capture-bench"));
                client.put("isolation.level", "read_committed");
                client.put("enable.auto.commit", false);
                client.put("auto.offset.reset", "earliest");
                try (KafkaConsumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                    consumer.assign(List.of(CHANGES));
                    new CaptureBench(url, pipeline, consumer).latency(seconds);
                }
            }
        }
    }

    private Process capture() throws Exception {
        return pipeline.ready("capture", HIPPO, "-Xmx512m", "-XX:+UseParallelGC");
    }

    private void latency(int seconds) throws Exception {
        System.out.println();
        System.out.println("| transactions/s asked | done | p50 ms | p99 ms | longest ms |");
        System.out.println("| ---: | ---: | ---: | ---: | ---: |");
        Process process = capture();
        int told = 0;
        while (told < ROWS) {
            told += consumer.poll(POLL).count();
        }
        for (int rate : RATES) {
            // as long again before it, to get warm
            transactions(rate, seconds, false);
            transactions(rate, seconds, true);
        }
        BenchPipeline.stop(process);
    }

    private void transactions(int rate, int seconds, boolean counts) throws Exception {
        int all = rate * seconds;
        long[] micros = new long[all];
        Thread writer = new Thread(() -> write(rate, all), "writer");
        long begun = System.nanoTime();
        writer.start();
        int read = 0;
        while (read < all) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                Instant now = Instant.now();
                Timestamp committed = ChangeEvent.parseFrom(record.value()).getCommittedAt();
                micros[read++] = TimeUnit.NANOSECONDS.toMicros(
                        Duration.between(Instant.ofEpochSecond(committed.getSeconds(), committed.getNanos()), now)
                                .toNanos());
            }
        }
        double took = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
        writer.join();
        if (counts) {
            Arrays.sort(micros);
            System.out.printf(
                    Locale.ROOT,
                    "| %,d | %,.0f | %.1f | %.1f | %.1f |%n",
                    rate,
                    all / took,
                    micros[all / 2] / 1_000.0,
                    micros[all * 99 / 100] / 1_000.0,
                    micros[all - 1] / 1_000.0);
        }
    }

    /** One change in a transaction, each at its time, however long those before have taken. */
    private void write(int rate, int all) {
        long pause = TimeUnit.SECONDS.toNanos(1) / rate;
        try (Connection connection = DriverManager.getConnection(url, "postgres", "");
                PreparedStatement update =
                        connection.prepareStatement("update orders set amount = amount + 1 where id = ?")) {
            long begun = System.nanoTime();
            for (int i = 0; i < all; i++) {
                while (System.nanoTime() - begun < i * pause) {
                    LockSupport.parkNanos(begun + i * pause - System.nanoTime());
                }
                update.setLong(1, 1 + i % UPDATED_ROWS);
                update.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
