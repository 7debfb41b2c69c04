// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.UnknownFieldSet;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.hippo.contracts.Contract;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpDoorIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = Door.open(Door.Broker.servers(), Door.generous());
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static JsonNode json(AggregatedHttpResponse response) throws Exception {
        return JSON.readTree(response.contentUtf8());
    }

    private static Contract order() {
        return door.context().contracts().contract("shop.v1.Order").orElseThrow();
    }

    private static byte[] bytes(String json) throws Exception {
        return order().json().toBytes(json);
    }

    @Test
    void oneJsonEventIsAnsweredWithItsPlace() throws Exception {
        AggregatedHttpResponse response = door.post(
                "orders",
                "application/json",
                " {\"order_id\": \"a1\", \"cents\": \"120\"} ",
                "traceparent",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assertThat(response.status().code()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(answer.path("topic").asText()).isEqualTo("orders");
        ConsumerRecord<byte[], byte[]> record = door.read(
                "orders",
                answer.path("partition").asInt(),
                answer.path("offset").asLong());
        assertThat(record.value()).isEqualTo(bytes("{\"orderId\":\"a1\",\"cents\":120}"));
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("a1");
        assertThat(Door.header(record, EventHeaders.ID))
                .isEqualTo(answer.path("id").asText())
                .hasSize(36);
        assertThat(Door.header(record, EventHeaders.TYPE)).isEqualTo("shop.v1.Order");
        assertThat(Door.header(record, EventHeaders.SOURCE)).isEqualTo("hippo/shop/gate");
        assertThat(Door.header(record, EventHeaders.SPEC_VERSION)).isEqualTo("1.0");
        assertThat(Door.header(record, EventHeaders.CONTENT_TYPE)).isEqualTo("application/protobuf");
        assertThat(Door.header(record, EventHeaders.TRACE_PARENT))
                .isEqualTo("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        assertThat(java.time.Instant.parse(Door.header(record, EventHeaders.TIME))
                        .toEpochMilli())
                .isEqualTo(record.timestamp());
    }

    @Test
    void anArrayIsAnsweredEventByEventAndWhatIsGoodStays() throws Exception {
        AggregatedHttpResponse response = door.post(
                "orders",
                "application/json",
                "[{\"order_id\":\"b1\",\"cents\":1},{\"order_id\":\"\",\"cents\":0},{\"order_id\":\"b3\",\"cents\":1,\"nope\":2}]");
        assertThat(response.status().code()).isEqualTo(422);
        JsonNode answer = json(response);
        assertThat(answer.path("accepted").asInt()).isEqualTo(1);
        assertThat(answer.path("refused").asInt()).isEqualTo(2);
        JsonNode results = answer.path("results");
        assertThat(door.read(
                                "orders",
                                results.at("/0/partition").asInt(),
                                results.at("/0/offset").asLong())
                        .value())
                .isEqualTo(bytes("{\"orderId\":\"b1\",\"cents\":1}"));
        assertThat(results.at("/1/violations").findValuesAsText("path")).contains("order_id", "cents");
        assertThat(results.at("/1/violations").findValuesAsText("rule")).contains("string.min_len", "int64.gt");
        assertThat(results.at("/2/error").asText()).contains("nope");
    }

    @Test
    void linesAreAnsweredLineByLine() throws Exception {
        AggregatedHttpResponse response = door.post(
                "orders",
                "application/x-ndjson",
                "{\"order_id\":\"c1\",\"cents\":1}\n\n{\"order_id\":\"c2\",\"cents\":2}\r\n{broken\n",
                "ce-id",
                "load-7");
        JsonNode answer = json(response);
        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.at("/results/1/id").asText()).isEqualTo("load-7-1");
        assertThat(answer.at("/results/2/error").asText()).contains("line 4");
        String all = door.post("orders", "application/x-ndjson", "{\"order_id\":\"c3\",\"cents\":1}\n")
                .status()
                .toString();
        assertThat(all).startsWith("200");
    }

    @Test
    void protobufReachesTheTopicUntouchedUnknownFieldsToo() throws Exception {
        byte[] event =
                DynamicMessage.parseFrom(order().descriptor(), bytes("{\"orderId\":\"d1\",\"cents\":5}")).toBuilder()
                        .setUnknownFields(UnknownFieldSet.newBuilder()
                                .addField(
                                        99,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addVarint(7)
                                                .build())
                                .build())
                        .build()
                        .toByteArray();
        JsonNode answer = json(door.post("orders", "application/x-protobuf", event));
        assertThat(door.read(
                                "orders",
                                answer.path("partition").asInt(),
                                answer.path("offset").asLong())
                        .value())
                .isEqualTo(event);
        AggregatedHttpResponse garbage = door.post("orders", "application/x-protobuf", new byte[] {10, 127, 1});
        assertThat(garbage.status().code()).isEqualTo(422);
        assertThat(json(garbage).at("/violations/0/rule").asText()).isEqualTo("parse");
    }

    @Test
    void cloudEventsKeepTheirAttributes() throws Exception {
        JsonNode binary = json(door.post(
                "orders",
                "application/json",
                "{\"order_id\":\"e1\",\"cents\":1}",
                "ce-specversion",
                "1.0",
                "ce-id",
                "e-1",
                "ce-source",
                "/till/4",
                "ce-type",
                "order.taken",
                "ce-time",
                "2026-01-02T03:04:05Z",
                "ce-store",
                "B%C3%A2le"));
        assertThat(binary.path("id").asText()).isEqualTo("e-1");
        ConsumerRecord<byte[], byte[]> record = door.read(
                "orders",
                binary.path("partition").asInt(),
                binary.path("offset").asLong());
        assertThat(Door.header(record, "ce_id")).isEqualTo("e-1");
        assertThat(Door.header(record, "ce_source")).isEqualTo("/till/4");
        assertThat(Door.header(record, "ce_type")).isEqualTo("order.taken");
        assertThat(Door.header(record, "ce_senttime")).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(Door.header(record, "ce_store")).isEqualTo("Bâle");

        String event = "{\"specversion\":\"1.0\",\"id\":\"e-2\",\"source\":\"/till/4\",\"type\":\"order.taken\",";
        JsonNode structured = json(door.post(
                "orders",
                "application/cloudevents+json",
                event + "\"weight\":3,\"data\":{\"order_id\":\"e2\",\"cents\":12345678901234567}}"));
        record = door.read(
                "orders",
                structured.path("partition").asInt(),
                structured.path("offset").asLong());
        assertThat(record.value()).isEqualTo(bytes("{\"orderId\":\"e2\",\"cents\":12345678901234567}"));
        assertThat(Door.header(record, "ce_weight")).isEqualTo("3");

        String base64 = Base64.getEncoder().encodeToString(bytes("{\"orderId\":\"e3\",\"cents\":3}"));
        JsonNode batch = json(door.post(
                "orders",
                "application/cloudevents-batch+json",
                "[" + event + "\"datacontenttype\":\"application/protobuf\",\"data_base64\":\"" + base64 + "\"},"
                        + "{\"id\":\"e-4\",\"data\":{}}]"));
        assertThat(batch.path("accepted").asInt()).isEqualTo(1);
        assertThat(batch.at("/results/1/error").asText()).contains("specversion");
    }

    @Test
    void aRefusedEventIsKeptWithItsReason() throws Exception {
        long before = door.end("orders.rejected", 0);
        AggregatedHttpResponse response =
                door.post("orders", "application/json", "{\"order_id\":\"f1\",\"cents\":-1}", "ce-id", "f-1");
        assertThat(response.status().code()).isEqualTo(422);
        assertThat(json(response).path("detail").asText()).contains("shop.v1.Order", "cents");
        assertThat(door.post("orders", "application/json", "{\"cents\":\"x\"}")
                        .status()
                        .code())
                .isEqualTo(422);
        var kept = door.read("orders.rejected", 0, before, 2);
        ConsumerRecord<byte[], byte[]> invalid = kept.stream()
                .filter(record -> Door.header(record, "ce_id").equals("f-1"))
                .findFirst()
                .orElseThrow();
        assertThat(invalid.value()).isEqualTo(bytes("{\"orderId\":\"f1\",\"cents\":-1}"));
        JsonNode because = JSON.readTree(Door.header(invalid, EventHeaders.REJECTED_BECAUSE));
        assertThat(because.at("/0/path").asText()).isEqualTo("cents");
        assertThat(because.at("/0/rule").asText()).isEqualTo("int64.gt");
        assertThat(Door.header(invalid, EventHeaders.REJECTED_BY)).isEqualTo("gate");
        assertThat(kept).anySatisfy(record -> {
            assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("{\"cents\":\"x\"}");
            assertThat(Door.header(record, "content-type")).isEqualTo("application/json");
        });
    }

    private static AggregatedHttpResponse delete(String topic, String body) {
        return door.send(HttpMethod.DELETE, topic, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatAChangelogHoldsUnderAKeyIsDeleted() throws Exception {
        assertThat(door.post("prices", "application/json", "{\"order_id\": \"d1\", \"cents\": 1}")
                        .status()
                        .code())
                .isEqualTo(200);
        JsonNode deleted = json(delete("prices", "{\"order_id\": \"d1\"}"));
        ConsumerRecord<byte[], byte[]> record =
                door.read("prices", 0, deleted.path("offset").asLong());
        assertThat(record.value()).isNull();
        assertThat(record.key()).asString().isEqualTo("d1");
        assertThat(Door.header(record, EventHeaders.ID))
                .isEqualTo(deleted.path("id").asText());

        AggregatedHttpResponse mixed = delete("prices", "[{\"order_id\": \"d2\"}, {\"cents\": 3}]");
        assertThat(mixed.status().code()).isEqualTo(422);
        assertThat(json(mixed).path("accepted").asInt()).isEqualTo(1);
        assertThat(json(mixed).path("results").path(1).path("error").asText()).contains("the field that is the key");

        AggregatedHttpResponse refused = delete("orders", "{\"order_id\": \"d1\"}");
        assertThat(refused.status().code()).isEqualTo(422);
        assertThat(json(refused).path("detail").asText()).contains("'orders' is no changelog");
    }

    @Test
    void aKeyMayHaveSeveralFields() throws Exception {
        String event = "{\"order_id\": \"d1\", \"note\": \"an \\\"é\\\"\"";
        JsonNode sent = json(door.post("notes", "application/json", event + ", \"cents\": 1}"));
        ConsumerRecord<byte[], byte[]> record =
                door.read("notes", 0, sent.path("offset").asLong());
        assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("[\"d1\",\"an \\\"é\\\"\"]");
        JsonNode deleted = json(delete("notes", event + "}"));
        ConsumerRecord<byte[], byte[]> deletion =
                door.read("notes", 0, deleted.path("offset").asLong());
        assertThat(deletion.value()).isNull();
        assertThat(deletion.key()).isEqualTo(record.key());
        AggregatedHttpResponse nothing = delete("notes", "{\"cents\": 3}");
        assertThat(nothing.status().code()).isEqualTo(422);
        assertThat(nothing.contentUtf8()).contains("the field that is the key");
    }

    @Test
    void whatIsNoEventIsRefusedWithTheWayOut() throws Exception {
        AggregatedHttpResponse unknown = door.post("ordres", "application/json", "{}");
        assertThat(unknown.status().code()).isEqualTo(404);
        assertThat(String.valueOf(unknown.contentType())).startsWith("application/problem+json");
        assertThat(json(unknown).path("detail").asText()).contains("did you mean 'orders'?");
        assertThat(door.post("orders", "application/x-www-form-urlencoded", "{}")
                        .status()
                        .code())
                .isEqualTo(415);
        AggregatedHttpResponse broken = door.post("orders", "application/json", "{\"order_id\": ");
        assertThat(broken.status().code()).isEqualTo(400);
        assertThat(json(broken).path("detail").asText()).contains("not JSON").contains("line 1");
        assertThat(door.post("orders", "application/json", "").status().code()).isEqualTo(400);
        AggregatedHttpResponse two = door.post("orders", "application/json", "{} {}");
        assertThat(two.status().code()).isEqualTo(400);
        assertThat(door.web().get("/topics/orders").aggregate().join().status().code())
                .isEqualTo(405);
        AggregatedHttpResponse large = door.post("orders", "application/x-ndjson", new byte[17 << 20]);
        assertThat(large.status().code()).isEqualTo(413);
        assertThat(json(large).path("detail").asText()).contains("PublishStream");
    }

    @Test
    void anEventThatKafkaFindsTooLargeIsInvalid() throws Exception {
        String note = "x".repeat(2 << 20);
        AggregatedHttpResponse response =
                door.post("orders", "application/json", "{\"order_id\":\"g1\",\"cents\":1,\"note\":\"" + note + "\"}");
        assertThat(response.status().code()).isEqualTo(422);
        assertThat(json(response).at("/violations/0/rule").asText()).isEqualTo("kafka.max_size");
    }

    @Test
    void thePagesOfTheNamedOriginsMayCallAndNoOthers() {
        for (String path : List.of("/topics/orders", "/shop.v1.Orders/Take", "/contracts")) {
            assertThat(preflight(path, "https://shop.example"))
                    .as(path)
                    .satisfies(response -> assertThat(response.status().code()).isEqualTo(200))
                    .satisfies(response -> assertThat(response.headers().get("access-control-allow-origin"))
                            .isEqualTo("https://shop.example"))
                    .satisfies(response -> assertThat(response.headers().get("access-control-allow-methods"))
                            .contains("POST"))
                    .satisfies(response -> assertThat(response.headers().get("access-control-allow-headers"))
                            .contains("x-grpc-web"));
            assertThat(preflight(path, "https://other.example").headers().get("access-control-allow-origin"))
                    .as(path)
                    .isNull();
        }
        AggregatedHttpResponse response = door.post(
                "orders", "application/json", "{\"order_id\": \"o1\", \"cents\": 1}", "origin", "https://shop.example");
        assertThat(response.status().code()).isEqualTo(200);
        assertThat(response.headers().get("access-control-allow-origin")).isEqualTo("https://shop.example");
        assertThat(response.headers().get("access-control-expose-headers")).contains("grpc-status");
    }

    private static AggregatedHttpResponse preflight(String path, String origin) {
        return door.web()
                .execute(RequestHeaders.of(
                        HttpMethod.OPTIONS,
                        path,
                        "origin",
                        origin,
                        "access-control-request-method",
                        "POST",
                        "access-control-request-headers",
                        "content-type,x-grpc-web"))
                .aggregate()
                .join();
    }

    @Test
    void theContractsAreServedAsADescriptorSet() throws Exception {
        byte[] set = door.web().get("/contracts").aggregate().join().content().array();
        assertThat(FileDescriptorSet.parseFrom(set).getFileList())
                .extracting(FileDescriptorProto::getName)
                .contains("shop.proto", "hippo/options.proto");
    }

    @Test
    void healthMetricsAndDocsAreOnTheSamePort() {
        door.post("orders", "application/json", "{\"order_id\":\"h1\",\"cents\":1}");
        assertThat(door.web().get("/health").aggregate().join().contentUtf8()).contains("\"gate\"");
        assertThat(door.web().get("/metrics").aggregate().join().contentUtf8())
                .contains("hippo_door_events_total{outcome=\"accepted\",topic=\"orders\"}")
                .contains("hippo_door_answer_seconds_bucket")
                .contains("hippo_door_in_flight_bytes");
        AggregatedHttpResponse page = door.web()
                .execute(RequestHeaders.of(HttpMethod.GET, "/docs/", "accept", "text/html"))
                .aggregate()
                .join();
        assertThat(page.status().code()).isEqualTo(200);
        assertThat(door.web().get("/docs/specification.json").aggregate().join().contentUtf8())
                .contains("shop.v1.Orders", "TakePlace", "hippo.door.v1.Publisher");
    }
}
