// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.door.v1.PublisherGrpc;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A running door before a real broker, with a contract of its own. */
final class Door implements AutoCloseable {
    static final String CONTRACT = """
            syntax = "proto3";
            package shop.v1;
            import "buf/validate/validate.proto";
            import "hippo/options.proto";

            message Order {
              string order_id = 1 [(buf.validate.field).string.min_len = 1];
              int64 cents = 2 [(buf.validate.field).int64.gt = 0];
              string note = 3;
            }
            message Ack { int32 status_code = 1; string message = 2; }
            message Place { string topic = 1; int32 partition = 2; int64 offset = 3; string event_id = 4; }
            message Nothing {}

            service Orders {
              rpc Take(Order) returns (Ack) { option (hippo.publish) = "orders"; }
              rpc TakePlace(Order) returns (Place) { option (hippo.publish) = "orders"; }
              rpc TakeQuiet(Order) returns (Nothing) { option (hippo.publish) = "orders"; }
              rpc TakeMany(stream Order) returns (Ack) { option (hippo.publish) = "orders"; }
              rpc Talk(stream Order) returns (stream Ack) { option (hippo.publish) = "orders"; }
              rpc Unserved(Order) returns (Ack);
            }
            """;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final FrontierService service;
    private final HippoContext context;
    private final Map<String, Object> kafka;

    private Door(FrontierService service, HippoContext context, Map<String, Object> kafka) {
        this.service = service;
        this.context = context;
        this.kafka = kafka;
    }

    /** One broker for all tests of this process that do not stop it. */
    static final class Broker {
        private static final EmbeddedBroker SHARED = start();

        private Broker() {}

        private static EmbeddedBroker start() {
            try {
                EmbeddedBroker broker = EmbeddedBroker.start(Files.createTempDirectory("door-kafka"), 0);
                Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
                return broker;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        static String servers() {
            return SHARED.bootstrapServers();
        }
    }

    static Door open(String servers, HippoSettings.Frontier settings) throws Exception {
        Path folder = Files.createTempDirectory("door");
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), CONTRACT);
        Map<String, TopicSpec> topics = new LinkedHashMap<>();
        topics.put("orders", new TopicSpec("orders", "shop.v1.Order", List.of("order_id"), null, 2, false, Map.of()));
        topics.put("prices", new TopicSpec("prices", "shop.v1.Order", List.of("order_id"), null, 1, true, Map.of()));
        topics.put("unkeyed", new TopicSpec("unkeyed", "shop.v1.Order", List.of(), null, 1, false, Map.of()));
        topics.put(
                "notes", new TopicSpec("notes", "shop.v1.Order", List.of("order_id", "note"), null, 1, true, Map.of()));
        HippoSpec gate = new HippoSpec(
                "gate",
                Kind.FRONTIER,
                List.of(),
                List.of("orders", "prices", "unkeyed", "notes"),
                List.of(),
                "127.0.0.1",
                0,
                settings);
        PipelineSpec pipeline =
                new PipelineSpec("shop", folder, new KafkaSpec.Embedded(0), topics, Map.of(), Map.of("gate", gate));
        KafkaConnection kafka = new KafkaConnection(servers, Map.of());
        PipelineTopics.ensure(pipeline, kafka, Duration.ofSeconds(60));
        ContractCatalog contracts = ContractCompiler.compile(pipeline.contractsFolder());
        HippoContext context =
                new HippoContext(pipeline, gate, StateFolder.of(pipeline), contracts, kafka, InstantSource.system());
        FrontierService service = new FrontierService(context);
        service.start();
        return new Door(service, context, kafka.clientProperties("test-" + NUMBER.incrementAndGet()));
    }

    static HippoSettings.Frontier generous() {
        return new HippoSettings.Frontier(
                64 << 20, Duration.ofSeconds(30), true, List.of("https://shop.example"), List.of("frontier-adw"));
    }

    HippoContext context() {
        return context;
    }

    String uri() {
        return "http://127.0.0.1:" + service.httpPort().orElseThrow();
    }

    WebClient web() {
        return WebClient.builder(uri())
                .responseTimeout(Duration.ofSeconds(60))
                .maxResponseLength(0)
                .build();
    }

    AggregatedHttpResponse post(String topic, String contentType, byte[] body, String... headers) {
        return send(HttpMethod.POST, topic, contentType, body, headers);
    }

    AggregatedHttpResponse send(HttpMethod method, String topic, String contentType, byte[] body, String... headers) {
        RequestHeadersBuilder request =
                RequestHeaders.builder(method, "/topics/" + topic).add("content-type", contentType);
        for (int i = 0; i < headers.length; i += 2) {
            request.add(headers[i], headers[i + 1]);
        }
        return web().execute(request.build(), body).aggregate().join();
    }

    AggregatedHttpResponse post(String topic, String contentType, String body, String... headers) {
        return post(topic, contentType, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    <T> T stub(Class<T> type) {
        return GrpcClients.builder(uri())
                .responseTimeout(Duration.ofSeconds(60))
                .maxResponseLength(0)
                .build(type);
    }

    PublisherGrpc.PublisherBlockingStub publisher() {
        return stub(PublisherGrpc.PublisherBlockingStub.class);
    }

    /** The record at a place. */
    ConsumerRecord<byte[], byte[]> read(String topic, int partition, long offset) {
        return read(topic, partition, offset, 1).get(0);
    }

    /** The next records from a place on. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, int partition, long offset, int count) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition at = new TopicPartition(topic, partition);
            consumer.assign(List.of(at));
            consumer.seek(at, offset);
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (records.size() < count && System.nanoTime() < end) {
                records.addAll(consumer.poll(Duration.ofMillis(200)).records(at));
            }
        }
        return records.subList(0, count);
    }

    /** The offset at which the next record of a partition will stand. */
    long end(String topic, int partition) {
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition at = new TopicPartition(topic, partition);
            return consumer.endOffsets(List.of(at)).getOrDefault(at, 0L);
        }
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        service.stop();
    }
}
