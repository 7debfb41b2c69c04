// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PartitionColumn;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import io.delta.kernel.Scan;
import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.utils.CloseableIterator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics land in tables, by a real broker, and DuckDB reads them. */
final class LakeIT {
    private static final String CONTRACT = """
            syntax = "proto3";
            package shop.v1;
            import "google/protobuf/timestamp.proto";
            message Line { string item = 1;%s }
            message Order { string id = 1; int64 cents = 2; google.protobuf.Timestamp at = 3; Line line = 4;%s }
            """;

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;
    private static int number;

    @TempDir
    Path folder;

    private String topic = "";

    @BeforeAll
    static void startBroker() throws Exception {
        broker = EmbeddedBroker.start(shared.resolve("kafka"), 0);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void nameTheTopic() {
        topic = "orders" + number++;
    }

    @Test
    void eachRecordIsInTheTableOnceAcrossRestarts() throws Exception {
        HippoContext context = context("", "");
        send(context, 0, 500);
        land(context, 500);
        send(context, 500, 700);
        land(context("", ""), 200);
        land(context("", ""), 0);
        assertThat(query("select count(*) || '/' || count(distinct id) || '/' || sum(cents) from t"))
                .containsExactly("700/700/" + 699 * 700 / 2);
        assertThat(query("select distinct day from t order by 1")).containsExactly("2001-01-30", "2001-01-31");
    }

    @Test
    void headersAreColumnsBesideTheEvent() throws Exception {
        HippoContext context = context("", "");
        send(context, 0, 10);
        land(context, 10);
        assertThat(query("select _event_id || '@' || _offset || '/' || _partition from t where id = 'o7'"))
                .containsExactly("e7@7/0");
    }

    @Test
    void aRecordThatDoesNotParseIsKeptAsRejectedAndTheRestLands() throws Exception {
        HippoContext context = context("", "");
        send(context, 0, 3);
        sendBytes(context, new byte[] {0x0a, 99, 1});
        sendBytes(context, null);
        send(context, 3, 5);
        land(context, 5);
        assertThat(context.progress().rejected()).isEqualTo(2);
        assertThat(query("select id from t order by id")).containsExactly("o0", "o1", "o2", "o3", "o4");
        assertThat(rejected(context, 2)).containsExactly(topic + "/0/3", topic + "/0/4");
    }

    @Test
    void theTableGainsTheFieldsThatTheContractGainsAlsoNestedOnes() throws Exception {
        HippoContext before = context("", "");
        send(before, 0, 4);
        land(before, 4);
        HippoContext after = context(" int32 pieces = 2;", " string note = 5;");
        send(after, 4, 6);
        land(after, 2);
        assertThat(
                        query(
                                "select id || ':' || coalesce(note, '-') || ':' || coalesce(line.pieces, -1) from t order by id"))
                .containsExactly("o0:-:-1", "o1:-:-1", "o2:-:-1", "o3:-:-1", "o4:new:3", "o5:new:3");
    }

    @Test
    void aTwinIsFencedAndWritesNothing() throws Exception {
        HippoContext context = context("", "");
        send(context, 0, 50);
        HippoContext other = context("", "");
        LakeWriter first = writer(context);
        LakeWriter twin = writer(other);
        first.open();
        twin.open();
        land(context, 50, first);
        Thread running = new Thread(() -> run(twin, other), "twin");
        running.start();
        await().atMost(Duration.ofSeconds(60)).until(() -> other.progress().in() == 50);
        twin.askToStop();
        running.join();
        twin.close();
        assertThat(other.progress().out()).isZero();
        assertThat(failure).isInstanceOf(HippoFailure.class).hasMessageContaining("another process has written");
        assertThat(query("select count(*) from t")).containsExactly("50");
    }

    @Test
    void aFieldThatChangesItsTypeIsRefusedBeforeAnythingIsWritten() throws Exception {
        HippoContext before = context("", " string note = 5;");
        send(before, 0, 1);
        land(before, 1);
        LakeWriter changed = writer(context("", " int32 note = 6;"));
        assertThatThrownBy(changed::open)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("column 'note'")
                .hasMessageContaining("nothing was written");
        changed.close();
        assertThat(query("select count(*) from t")).containsExactly("1");
    }

    private volatile @Nullable Exception failure;

    private HippoContext context(String lineFields, String orderFields) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), CONTRACT.formatted(lineFields, orderFields));
        TopicSpec orders = new TopicSpec(topic, "shop.v1.Order", "id", null, 1, false, Map.of());
        TableSpec table = new TableSpec(
                "t",
                "shop.v1.Order",
                List.of(new PartitionColumn("day", "at", PartitionColumn.Transform.DAY)),
                null,
                true);
        HippoSpec lake = new HippoSpec(
                "lake",
                Kind.INTEGRATOR,
                List.of(topic),
                List.of(),
                List.of("t"),
                "127.0.0.1",
                0,
                new HippoSettings.Lake(Duration.ofMillis(200), 64 << 20));
        PipelineSpec pipeline = new PipelineSpec(
                "shop",
                folder,
                new KafkaSpec.Embedded(0),
                Map.of(topic, orders),
                Map.of("t", table),
                Map.of("lake", lake));
        KafkaConnection kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, Duration.ofSeconds(60));
        return new HippoContext(
                pipeline,
                lake,
                StateFolder.of(pipeline),
                ContractCompiler.compile(pipeline.contractsFolder()),
                kafka,
                InstantSource.system());
    }

    private LakeWriter writer(HippoContext context) throws HippoFailure {
        return new LakeWriter(
                context, context.pipeline().topic(topic), context.pipeline().table("t"), contract(context));
    }

    private static Contract contract(HippoContext context) {
        return context.contracts().contract("shop.v1.Order").orElseThrow();
    }

    private void land(HippoContext context, long rows) throws Exception {
        LakeWriter writer = writer(context);
        writer.open();
        land(context, rows, writer);
    }

    /** Runs a writer until it has committed so many rows, and has nothing more to read. */
    private void land(HippoContext context, long rows, LakeWriter writer) throws Exception {
        Thread running = new Thread(() -> run(writer, context), "writer");
        running.start();
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        context.progress().out() >= rows && context.progress().lag() == 0);
        writer.askToStop();
        running.join();
        writer.close();
        assertThat(failure).isNull();
        assertThat(context.progress().out()).isEqualTo(rows);
    }

    private void run(LakeWriter writer, HippoContext context) {
        try {
            writer.run();
        } catch (Exception e) {
            failure = e;
            context.fail(e);
        }
    }

    private void send(HippoContext context, int from, int to) throws Exception {
        Descriptor order = contract(context).descriptor();
        Descriptor time = order.findFieldByName("at").getMessageType();
        Descriptor line = order.findFieldByName("line").getMessageType();
        try (KafkaProducer<byte[], byte[]> producer = producer(context)) {
            for (int i = from; i < to; i++) {
                DynamicMessage.Builder inner = DynamicMessage.newBuilder(line);
                if (line.findFieldByName("pieces") != null) {
                    inner.setField(line.findFieldByName("pieces"), 3);
                }
                DynamicMessage.Builder event = DynamicMessage.newBuilder(order)
                        .setField(order.findFieldByName("id"), "o" + i)
                        .setField(order.findFieldByName("cents"), (long) i)
                        .setField(order.findFieldByName("line"), inner.build())
                        .setField(
                                order.findFieldByName("at"),
                                DynamicMessage.newBuilder(time)
                                        // either side of midnight in UTC
                                        .setField(time.findFieldByNumber(1), 980_899_200L - 1 + i % 2)
                                        .build());
                if (order.findFieldByName("note") != null) {
                    event.setField(order.findFieldByName("note"), "new");
                }
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topic, null, event.build().toByteArray());
                record.headers().add(EventHeaders.ID, ("e" + i).getBytes(java.nio.charset.StandardCharsets.UTF_8));
                producer.send(record);
            }
        }
    }

    private void sendBytes(HippoContext context, byte @Nullable [] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer(context)) {
            producer.send(new ProducerRecord<>(topic, null, value));
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(HippoContext context) {
        return new KafkaProducer<>(
                context.kafka().clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Where the rejected records stood. */
    private List<String> rejected(HippoContext context, int count) {
        List<String> places = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                context.kafka().clientProperties("test"), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> at = consumer.partitionsFor(topic + ".rejected").stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(at);
            consumer.seekToBeginning(at);
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> places.add(new String(
                                record.headers()
                                        .lastHeader(EventHeaders.REJECTED_AT)
                                        .value(),
                                java.nio.charset.StandardCharsets.UTF_8)));
                return places.size() >= count;
            });
        }
        return places.stream().sorted().toList();
    }

    /** Asks DuckDB over the live files, which Kernel lists. */
    private List<String> query(String sql) throws Exception {
        Engine engine = DefaultEngine.create(new Configuration());
        Scan scan = Table.forPath(engine, folder.resolve(".hippo/lake/t").toString())
                .getLatestSnapshot(engine)
                .getScanBuilder()
                .build();
        List<String> files = new ArrayList<>();
        try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    while (rows.hasNext()) {
                        files.add("'"
                                + Path.of(java.net.URI.create(InternalScanFileUtils.getAddFileStatus(rows.next())
                                        .getPath()))
                                + "'");
                    }
                }
            }
        }
        List<String> answers = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            statement.execute("create view t as select * from read_parquet([" + String.join(",", files)
                    + "], union_by_name=true, hive_partitioning=true)");
            try (ResultSet result = statement.executeQuery(sql)) {
                while (result.next()) {
                    answers.add(result.getString(1));
                }
            }
        }
        return answers;
    }
}
