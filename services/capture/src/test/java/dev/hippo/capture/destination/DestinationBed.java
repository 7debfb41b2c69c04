// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A broker, a database and what tests do with them. */
abstract class DestinationBed {
    static final Duration LONG = Duration.ofMinutes(3);
    private static int number;

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;
    static KafkaConnection kafka;
    static KafkaProducer<byte[], byte[]> producer;

    @TempDir
    Path folder;

    private final List<DestinationService> running = new ArrayList<>();

    /** A connection of the test's own, which commits at once. */
    abstract Connection connect() throws SQLException;

    /** Of {@code destination} in the pipeline file, without the tables. */
    abstract String login();

    abstract String schema();

    /** Ends the connections of destinations on the server's side. */
    abstract void cut() throws SQLException;

    /** Statements that make table {@code written} and let it have a row with the key for each write to a table. */
    abstract List<String> audit(String table);

    /** Statements of types in which the database itself has them. */
    abstract String oddTable(String table);

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stopBroker() throws Exception {
        producer.close();
        broker.close();
    }

    @AfterEach
    void stopAll() throws Exception {
        for (DestinationService service : running) {
            service.stop();
        }
    }

    static String nextName() {
        return "s" + number++;
    }

    SinkPipeline pipeline(String message) throws Exception {
        String name = nextName();
        SinkPipeline pipeline =
                new SinkPipeline(folder, kafka, name, message, "{" + login() + ", tables: " + table(name) + "}");
        PipelineTopics.ensure(pipeline.spec(), kafka, Duration.ofSeconds(60));
        return pipeline;
    }

    String table(String name) {
        return schema() + "." + name;
    }

    DestinationService start(SinkPipeline pipeline) throws Exception {
        DestinationService service = new DestinationService(pipeline.context());
        running.add(service);
        service.start();
        return service;
    }

    void send(SinkPipeline pipeline, String key, String json) {
        producer.send(new ProducerRecord<>(
                pipeline.topic, key.getBytes(StandardCharsets.UTF_8), json == null ? null : pipeline.row(json)));
    }

    void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of all rows with the others behind it. */
    Map<String, String> read(String sql) throws SQLException {
        Map<String, String> rows = new TreeMap<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                List<String> others = new ArrayList<>();
                for (int i = 2; i <= row.getMetaData().getColumnCount(); i++) {
                    others.add(row.getString(i));
                }
                rows.put(
                        row.getString(1),
                        String.join("|", others.stream().map(String::valueOf).toList()));
            }
        }
        return rows;
    }

    Map<String, String> accounts(SinkPipeline pipeline) throws SQLException {
        return read("select id, owner, balance from " + table(pipeline.name));
    }

    int count(SinkPipeline pipeline) throws SQLException {
        return Integer.parseInt(read("select count(*) from " + table(pipeline.name))
                .keySet()
                .iterator()
                .next());
    }

    static String account(int id, String owner, String balance) {
        return "{\"id\":" + id + ",\"owner\":\"" + owner + "\""
                + (balance == null ? "" : ",\"balance\":\"" + balance + "\"") + "}";
    }

    void awaitRows(SinkPipeline pipeline, Map<String, String> rows) {
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(accounts(pipeline)).isEqualTo(rows));
    }
}
