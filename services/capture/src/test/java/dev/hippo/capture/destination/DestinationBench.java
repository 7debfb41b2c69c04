// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.capture.mariadb.MariaDbServer;
import dev.hippo.kit.HippoContext;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.postgresql.PGConnection;

/**
 * Not a test: brings a topic of 300,000 rows of 7 columns (about 120 bytes) to an empty table by the service, from Kafka on, and the same rows by loops that have them in memory. Prints
 * rows a second and CPU of this process for each row; the database's is not in it.
 */
public final class DestinationBench {
    private static final int ROWS = 300_000;
    private static final int ROUNDS = 3;
    private static final int BATCH = 5_000;
    private static final String COLUMNS =
            " (id bigint primary key, customer int, amount decimal(12,2), paid boolean, ratio double precision, created timestamp(6) null, note varchar(200))";

    private DestinationBench() {}

    private interface Way {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("hippo-destination-bench-");
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                MariaDbServer maria = MariaDbServer.start(
                        "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--innodb-buffer-pool-size=256M")) {
            KafkaConnection kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
            maria.execute(
                    "create database public",
                    "create table public.ours" + COLUMNS,
                    "create table public.bare" + COLUMNS);
            String url = "jdbc:postgresql://localhost:" + postgres.getPort()
                    + "/postgres?user=postgres&reWriteBatchedInserts=true";
            try (Connection connection = DriverManager.getConnection(url);
                    Connection mariaConnection = maria.connect()) {
                execute(connection, "create table public.ours" + COLUMNS, "create table public.bare" + COLUMNS);
                for (int i = 0; i < ROUNDS; i++) {
                    String topic = "pg" + i;
                    HippoContext toPostgres = fill(
                            folder.resolve(topic),
                            kafka,
                            topic,
                            "{url: 'jdbc:postgresql://localhost:" + postgres.getPort()
                                    + "/postgres', user: postgres, tables: public.ours}");
                    execute(connection, "truncate public.ours", "truncate public.bare");
                    measure("PostgreSQL, COPY                  ", () -> copy(connection));
                    execute(connection, "truncate public.bare");
                    measure(
                            "PostgreSQL, multi-row upsert      ",
                            () -> rows(
                                    connection,
                                    "conflict (id) do update set customer = excluded.customer,"
                                            + " amount = excluded.amount, paid = excluded.paid, ratio = excluded.ratio, created = excluded.created, note = excluded.note"));
                    measure("PostgreSQL, destination from Kafka", () -> ours(toPostgres));
                    HippoContext toMaria = fill(
                            folder.resolve("m" + topic),
                            kafka,
                            "m" + topic,
                            "{url: '" + maria.url() + "', user: " + MariaDbServer.USER
                                    + ", password: \"a 'secret'\", tables: public.ours}");
                    execute(mariaConnection, "truncate public.ours", "truncate public.bare");
                    measure(
                            "MariaDB, driver's bulk upsert     ",
                            () -> rows(
                                    mariaConnection,
                                    "duplicate key update customer = values(customer),"
                                            + " amount = values(amount), paid = values(paid), ratio = values(ratio), created = values(created), note = values(note)"));
                    measure("MariaDB, destination from Kafka   ", () -> ours(toMaria));
                }
            }
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void execute(Connection connection, String... statements) throws Exception {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static HippoContext fill(Path folder, KafkaConnection kafka, String name, String destination)
            throws Exception {
        SinkPipeline pipeline = new SinkPipeline(folder, kafka, name, "Order", destination);
        PipelineTopics.ensure(pipeline.spec(), kafka, Duration.ofSeconds(60));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("bench"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < ROWS; i++) {
                byte[] row = pipeline.row("{\"id\":" + i + ",\"customer\":" + i % 1000 + ",\"amount\":\"" + amount(i)
                        + "\",\"paid\":" + (i % 2 == 0) + ",\"ratio\":" + i / 7.0
                        + ",\"created\":\"2026-11-21T10:00:00.123456Z\",\"note\":\"" + note(i) + "\"}");
                producer.send(new ProducerRecord<>(
                        pipeline.topic, Integer.toString(i).getBytes(StandardCharsets.UTF_8), row));
            }
        }
        return pipeline.context();
    }

    private static String note(int i) {
        return "order number " + i + " of a customer who wants it soon";
    }

    private static String amount(int i) {
        return BigDecimal.valueOf(i * 37L, 2).toString();
    }

    private static void ours(HippoContext context) throws Exception {
        DestinationService service = new DestinationService(context);
        service.start();
        Awaitility.await()
                .atMost(Duration.ofMinutes(5))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> context.progress().out() >= ROWS);
        service.stop();
    }

    private static void rows(Connection connection, String otherwise) throws Exception {
        connection.setAutoCommit(false);
        try (PreparedStatement statement =
                connection.prepareStatement("insert into public.bare values (?, ?, ?, ?, ?, ?, ?) on " + otherwise)) {
            for (int i = 0; i < ROWS; i++) {
                statement.setLong(1, i);
                statement.setInt(2, i % 1000);
                statement.setBigDecimal(3, new BigDecimal(amount(i)));
                statement.setBoolean(4, i % 2 == 0);
                statement.setDouble(5, i / 7.0);
                statement.setTimestamp(6, new Timestamp(1_000_000L * (i + 1_000L)));
                statement.setString(7, note(i));
                statement.addBatch();
                if (i % BATCH == BATCH - 1) {
                    statement.executeBatch();
                    connection.commit();
                }
            }
            statement.executeBatch();
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void copy(Connection connection) throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ROWS; i++) {
            text.append(i)
                    .append('\t')
                    .append(i % 1000)
                    .append('\t')
                    .append(amount(i))
                    .append('\t');
            text.append(i % 2 == 0).append('\t').append(i / 7.0).append("\t2026-11-21 10:00:00.123456\t");
            text.append(note(i)).append('\n');
            if (i % BATCH == BATCH - 1) {
                byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy public.bare from stdin", new ByteArrayInputStream(bytes));
                text.setLength(0);
            }
        }
    }

    private static void measure(String name, Way way) throws Exception {
        com.sun.management.OperatingSystemMXBean system =
                (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long begun = System.nanoTime();
        way.run();
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "%s %,9.0f rows/s %6.1f us CPU per row%n",
                name, ROWS / seconds, (system.getProcessCpuTime() - cpu) / 1e3 / ROWS);
    }
}
