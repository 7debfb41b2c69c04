// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.awaitility.Awaitility.await;

import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.capture.destination.DestinationService;
import dev.hippo.capture.log.Reading;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.TopicReader;
import dev.hippo.wire.snapshot.SnapshotBook;
import dev.hippo.wire.snapshot.SnapshotOrder;
import dev.hippo.wire.snapshot.SnapshotProgress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A db-etl between a database and a broker that run: a pipeline and a table for each test, and what is in both. */
abstract class RunningCapture {
    static final Duration LONG = Duration.ofMinutes(3);
    private static int number;

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;
    private static CapturedDatabase database;
    private static Connection connection;

    @TempDir
    Path folder;

    private final List<Running> running = new ArrayList<>();
    String name = "";
    String table = "";
    PipelineSpec pipeline;
    KafkaConnection kafka;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** Called once, when the database runs. */
    static void use(CapturedDatabase running) {
        database = running;
        connection = running.connection();
    }

    String access() {
        return database.access();
    }

    /** Further lines of the source, each with a comma before it. */
    String reader() {
        return "";
    }

    String schema() {
        return database.schema();
    }

    String declaredNumeric() {
        return database.declaredNumeric();
    }

    String longText() {
        return database.longText();
    }

    String quoted(String odd) {
        return database.quoted(odd);
    }

    String series(int first, int last) {
        return database.series(first, last);
    }

    static void tellBefore(String table) throws Exception {
        database.tellBefore(table);
    }

    static void partition(String table) throws Exception {
        database.partition(table);
    }

    @BeforeEach
    void makePipeline() throws Exception {
        name = "p" + number++;
        table = schema() + "." + name;
        create(table);
        pipeline = pipeline("string balance = 3;");
        kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, LONG);
    }

    void create(String name) throws Exception {
        execute(
                "create table " + name + " (id bigint primary key, owner " + longText()
                        + " not null, balance numeric(12,2))",
                "insert into " + name + " values "
                        + IntStream.rangeClosed(1, 100)
                                .mapToObj(i -> "(" + i + ", 'owner " + i + "', 100.50)")
                                .collect(Collectors.joining(", ")));
    }

    PipelineSpec pipeline(String third) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/bank.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\nmessage Account {\n  int64 id = 1;\n  string owner = 2;\n  "
                        + third + "\n}\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: " + name + "\ntopics:\n  accounts-" + name
                        + ": {contract: bank.v1.Account, key: id, changelog: true}\n  changes-" + name
                        + ": {contract: hippo.change.v1.ChangeEvent, partitions: 1}\nhippos:\n  bank-db:\n    kind: db-etl\n"
                        + "    source: {" + access() + ", tables: [" + table + "]" + reader() + ", changes: changes-"
                        + name
                        + "}\n    publish: accounts-" + name + "\n");
        return PipelineFile.read(file, null, Map.of()).spec();
    }

    /** Reads the pipeline file again with other words in it. */
    void rewrite(String words, String others) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, Files.readString(file).replace(words, others));
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
    }

    @AfterEach
    void stopAll() throws Exception {
        for (Running each : running) {
            each.service.stop();
        }
        database.forgetReaders();
    }

    static void execute(String... commands) throws Exception {
        try (Statement statement = connection.createStatement()) {
            for (String sql : commands) {
                statement.execute(sql);
            }
        }
    }

    /** As one transaction. */
    static void transaction(String... commands) throws Exception {
        connection.setAutoCommit(false);
        try {
            execute(commands);
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** One process of the hippo, as far as it is its own. */
    final class Running {
        final HippoContext context;
        final CaptureService service;

        Running() throws Exception {
            this("bank-db");
        }

        Running(String hippo) throws Exception {
            context = context(hippo);
            service = new CaptureService(context);
            running.add(this);
            service.start();
        }
    }

    private HippoContext context(String hippo) throws Exception {
        return new HippoContext(
                pipeline,
                pipeline.hippos().get(hippo),
                new StateFolder(folder.resolve("state")),
                pipeline.contracts(),
                kafka,
                InstantSource.system());
    }

    /** Why the hippo cannot go on with its source. */
    SourceFailure failure() throws Exception {
        HippoContext context = context("bank-db");
        TopicContracts contracts = TopicContracts.of(context);
        try (Reading reading = Reading.open(context, contracts.filtered(Sources.of(context, contracts)), contracts)) {
            reading.run();
        } catch (SourceFailure e) {
            return e;
        }
        throw new AssertionError("it ended without a reason");
    }

    /** What compares the table. */
    Verify verify() throws Exception {
        return new Verify(
                pipeline,
                pipeline.hippos().get("bank-db"),
                pipeline.contracts(),
                kafka,
                new StateFolder(folder.resolve("state")));
    }

    /** Another hippo of the pipeline, which keeps a copy of the table, in whole transactions or of the latest rows. */
    DestinationService copy(String to, boolean whole) throws Exception {
        Path file = folder.resolve("pipeline.yaml");
        String subscribed = whole ? "changes-" + name : "accounts-" + name;
        Files.writeString(
                file,
                Files.readString(file) + "  copy:\n    kind: db-etl\n    subscribe: " + subscribed
                        + "\n    destination: {" + access() + ", tables: "
                        + (whole ? "{" + table + ": " + to + "}" : "[" + to + "]") + "}\n");
        pipeline = PipelineFile.read(file, null, Map.of()).spec();
        return new DestinationService(new HippoContext(
                pipeline,
                pipeline.hippos().get("copy"),
                new StateFolder(folder.resolve("state")),
                pipeline.contracts(),
                kafka,
                InstantSource.system()));
    }

    /** The rows that the topic tells, by key; a deleted one is not there. */
    Map<String, String> told() throws Exception {
        return told("accounts-" + name);
    }

    Map<String, String> told(String topic) throws Exception {
        Map<String, String> rows = new TreeMap<>();
        Contract contract =
                pipeline.contracts().contract(pipeline.topic(topic).contract()).orElseThrow();
        for (ConsumerRecord<byte[], byte[]> record : records(topic)) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            if (record.value() == null) {
                rows.remove(key);
            } else {
                rows.put(key, contract.json().toJson(record.value()));
            }
        }
        return rows;
    }

    List<ConsumerRecord<byte[], byte[]>> records() throws Exception {
        return records("accounts-" + name);
    }

    List<ChangeEvent> changes() throws Exception {
        List<ChangeEvent> changes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records("changes-" + name)) {
            changes.add(ChangeEvent.parseFrom(record.value()));
        }
        return changes;
    }

    List<ConsumerRecord<byte[], byte[]>> records(String topic) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(kafka, "test", topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** The rows that the database has, in the same words. */
    Map<String, String> there() throws Exception {
        return there(table);
    }

    Map<String, String> there(String from) throws Exception {
        Map<String, String> rows = new TreeMap<>();
        Contract contract = pipeline.contracts().contract("bank.v1.Account").orElseThrow();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select id, owner, balance from " + from)) {
            while (row.next()) {
                StringBuilder json = new StringBuilder(
                        "{\"id\":\"" + row.getString(1) + "\",\"owner\":\"" + row.getString(2) + "\"");
                if (row.getString(3) != null) {
                    json.append(",\"balance\":\"").append(row.getString(3)).append('"');
                }
                rows.put(
                        row.getString(1),
                        contract.json()
                                .toJson(contract.json().toBytes(json.append('}').toString())));
            }
        }
        return rows;
    }

    /** Orders that rows are told again. */
    SnapshotOrder order(Map<String, String> from, Map<String, String> to, int rowsPerSecond) throws Exception {
        return order(new SnapshotOrder(
                "order" + number++,
                table,
                from,
                to,
                rowsPerSecond,
                InstantSource.system().instant()));
    }

    /** Orders that a row is told again, or as gone. */
    SnapshotOrder order(Map<String, String> from, Map<String, String> to, String gone) throws Exception {
        return order(new SnapshotOrder(
                "order" + number++,
                table,
                from,
                to,
                0,
                gone,
                InstantSource.system().instant()));
    }

    private SnapshotOrder order(SnapshotOrder order) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Capture.positionsTopic(name, "bank-db"),
                            SnapshotOrder.key(name, "bank-db", table),
                            order.toBytes()))
                    .get();
        }
        return order;
    }

    SnapshotProgress progress(SnapshotOrder order) throws Exception {
        SnapshotBook book = new SnapshotBook(name, "bank-db");
        for (ConsumerRecord<byte[], byte[]> record : records(Capture.positionsTopic(name, "bank-db"))) {
            book.take(record, true);
        }
        return book.progress(order);
    }

    void awaitEqual() {
        await().atMost(LONG).pollInterval(Duration.ofMillis(300)).until(() -> told().equals(there()));
    }
}
