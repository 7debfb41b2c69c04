// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PartitionColumn;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** One topic of contract {@code shop.v1.Order} and its table {@code t}, on a broker that others use too. */
final class TestLake {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static int number;

    private final EmbeddedBroker broker;
    private final Path folder;
    private final String name = "orders" + number++;
    private List<PartitionColumn> partitionBy = List.of();
    private boolean headers;
    private HippoSettings.Lake settings = new HippoSettings.Lake(Duration.ofMillis(200), 64 << 20);
    private int partitions = 1;
    private boolean changelog;
    private String topicContract = "shop.v1.Order";
    private HippoContext context;
    private volatile @Nullable Exception failure;

    TestLake(EmbeddedBroker broker, Path folder) {
        this.broker = broker;
        this.folder = folder;
    }

    TestLake partitionedBy(PartitionColumn... columns) {
        partitionBy = List.of(columns);
        return this;
    }

    TestLake withHeaders() {
        headers = true;
        return this;
    }

    TestLake withTopicPartitions(int count) {
        partitions = count;
        return this;
    }

    /** The topic holds the latest record of each order. */
    TestLake asChangelog() {
        changelog = true;
        return this;
    }

    /** The topic tells all changes of a source, of which the table has those of one of its tables. */
    TestLake asHistoryOf(String source) {
        settings = new HippoSettings.Lake(settings.commitInterval(), settings.commitSize(), source);
        topicContract = "hippo.change.v1.ChangeEvent";
        return this;
    }

    TestLake committing(Duration interval, long size) {
        settings = new HippoSettings.Lake(interval, size);
        return this;
    }

    /** Begins, or goes on after a restart, with a contract; all before are forgotten. */
    TestLake with(String proto) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), proto);
        return restarted();
    }

    /** What a restarted process has: nothing but files and topics. */
    TestLake restarted() throws Exception {
        failure = null;
        TopicSpec orders = new TopicSpec(
                name,
                topicContract,
                topicContract.equals("shop.v1.Order") ? List.of("id") : List.of(),
                null,
                partitions,
                changelog,
                Map.of());
        TableSpec table = new TableSpec("t", "shop.v1.Order", partitionBy, null, headers);
        HippoSpec lake = new HippoSpec(
                "lake", Kind.INTEGRATOR, List.of(name), List.of(), List.of("t"), "127.0.0.1", 0, settings);
        PipelineSpec pipeline = new PipelineSpec(
                name,
                folder,
                new KafkaSpec.Embedded(0),
                Map.of(name, orders),
                Map.of("t", table),
                Map.of("lake", lake));
        KafkaConnection kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
        PipelineTopics.ensure(pipeline, kafka, LONG);
        context = new HippoContext(
                pipeline,
                lake,
                StateFolder.of(pipeline),
                ContractCompiler.compile(pipeline.contractsFolder()),
                kafka,
                InstantSource.system());
        return this;
    }

    HippoContext context() {
        return context;
    }

    String topic() {
        return name;
    }

    Contract contract() {
        return context.contracts().contract("shop.v1.Order").orElseThrow();
    }

    String location() {
        return context.state().location(context.pipeline().table("t"));
    }

    LakeWriter writer() throws Exception {
        TopicSpec topic = context.pipeline().topic(name);
        TableSpec table = context.pipeline().table("t");
        return new LakeWriter(context, topic, table, LakeService.landing(context, topic, table, contract()));
    }

    /** Lands what is in the topic: so many rows of it, and nothing is left. */
    void land(long rows) throws Exception {
        LakeWriter writer = writer();
        writer.open();
        land(rows, writer);
    }

    void land(long rows, LakeWriter opened) throws Exception {
        Thread running = start(opened);
        await().atMost(LONG)
                .until(() -> failure != null
                        || (context.progress().out() >= rows
                                && context.progress().lag() == 0
                                && context.progress().in() >= rows));
        opened.askToStop();
        running.join();
        opened.close();
        assertThat(failure).isNull();
        assertThat(context.progress().out()).isEqualTo(rows);
    }

    Thread start(LakeWriter writer) {
        HippoContext own = context;
        Thread running = new Thread(
                () -> {
                    try {
                        writer.run();
                    } catch (Exception e) {
                        failure = e;
                        own.fail(e);
                    }
                },
                "writer");
        running.start();
        return running;
    }

    /** Why the last writer ended, null if it was asked to. */
    @Nullable
    Exception failure() {
        return failure;
    }

    /** Sends events, given as JSON, with event ids e0, e1 and so on from a number. */
    void send(int from, List<String> events) throws Exception {
        List<byte[]> values = new ArrayList<>();
        for (String json : events) {
            values.add(contract().json().toBytes(json));
        }
        sendBytes(from, values);
    }

    void sendBytes(int from, List<byte @Nullable []> values) {
        sendBytes(from, values, null);
    }

    /** @param time the records' timestamp; null for now */
    void sendBytes(int from, List<byte @Nullable []> values, @Nullable Instant time) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                context.kafka().clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < values.size(); i++) {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        name, null, time == null ? null : time.toEpochMilli(), null, values.get(i));
                record.headers().add(EventHeaders.ID, ("e" + (from + i)).getBytes(StandardCharsets.UTF_8));
                producer.send(record);
            }
        }
    }

    /** Sends records with keys, in their order. */
    void sendKeyed(List<Map.Entry<String, byte @Nullable []>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                context.kafka().clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
            records.forEach(record -> producer.send(
                    new ProducerRecord<>(name, record.getKey().getBytes(StandardCharsets.UTF_8), record.getValue())));
        }
    }

    /** The first records of the rejected topic. */
    List<ConsumerRecord<byte[], byte[]>> rejected(int count) {
        return read(name + ".rejected", count, record -> true);
    }

    /** The first notices of this lake. */
    List<JsonNode> notices(int count) throws Exception {
        List<JsonNode> notices = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                read(ControlTopics.FINISH, count, record -> text(record.value()).contains("\"db\":\"" + name + "\""))) {
            notices.add(JSON.readTree(record.value()));
        }
        return notices;
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<ConsumerRecord<byte[], byte[]>> read(
            String topic, int count, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                context.kafka().clientProperties("test"), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> at = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(at);
            consumer.seekToBeginning(at);
            await().atMost(LONG).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (wanted.test(record)) {
                        read.add(record);
                    }
                });
                return read.size() >= count;
            });
        }
        return read;
    }

    /** Asks DuckDB over the table's live files. */
    List<String> query(String sql) throws Exception {
        return new TableReader(location()).query(sql);
    }
}
