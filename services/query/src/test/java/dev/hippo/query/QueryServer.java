// SPDX-License-Identifier: Apache-2.0
package dev.hippo.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.Kind;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.pipeline.TableSpec;
import dev.hippo.pipeline.TopicSpec;
import dev.hippo.wire.KafkaConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A running query service on a pipeline of its own, and a client. */
final class QueryServer implements AutoCloseable {
    static final String CONTRACT = """
            syntax = "proto3";
            package shop.v1;
            import "google/protobuf/struct.proto";
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";

            enum Kind { KIND_UNKNOWN = 0; ONLINE = 1; }
            message Line { string sku = 1; uint32 count = 2; google.protobuf.Timestamp packed_at = 3; Node tree = 4; }
            message Node { string name = 1; repeated Node children = 2; }
            message Order {
              string order_id = 1;
              int64 cents = 2;
              google.protobuf.Timestamp at = 3;
              Kind kind = 4;
              optional int32 floor = 5;
              repeated int32 marks = 6;
              repeated Line lines = 7;
              Line first = 8;
              map<string, Line> by_name = 9;
              map<int64, double> weights = 10;
              uint64 big = 11;
              bytes raw = 12;
              google.protobuf.StringValue note = 13;
              Node tree = 14;
              google.protobuf.Struct free = 15;
              bool gift = 16;
              float ratio = 17;
              sint32 delta = 18;
              oneof pay { string card = 19; Line voucher = 20; }
              repeated Kind kinds = 21;
            }
            """;

    private final QueryService service;
    private final HippoContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private QueryServer(QueryService service, HippoContext context) {
        this.service = service;
        this.context = context;
    }

    private static PipelineSpec pipeline(Path folder, Map<String, HippoSpec> hippos) {
        Map<String, TopicSpec> topics = new LinkedHashMap<>();
        for (String name : List.of("orders", "ranged", "skewed", "broken", "marked", "timeless", "never-made")) {
            topics.put(name, new TopicSpec(name, "shop.v1.Order", List.of("order_id"), null, 2, false, Map.of()));
        }
        Map<String, TableSpec> tables = new LinkedHashMap<>();
        for (String name : List.of("sales", "parts", "grown", "swept", "unwritten", "empty", "busy", "damaged")) {
            tables.put(name, new TableSpec(name, "shop.v1.Order", List.of(), null, false));
        }
        return new PipelineSpec("shop", folder, new KafkaSpec.Embedded(0), topics, tables, hippos);
    }

    static QueryServer open(Path folder, String kafka, HippoSettings.Query settings) throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), CONTRACT);
        HippoSpec hippo = new HippoSpec("ask", Kind.QUERY, List.of(), List.of(), List.of(), "127.0.0.1", 0, settings);
        PipelineSpec pipeline = pipeline(folder, Map.of("ask", hippo));
        StateFolder state = StateFolder.of(pipeline);
        Files.createDirectories(state.temporary("ask"));
        HippoContext context = new HippoContext(
                pipeline,
                hippo,
                state,
                ContractCompiler.compile(pipeline.contractsFolder()),
                new KafkaConnection(kafka, Map.of()),
                InstantSource.system());
        QueryService service = new QueryService(context);
        service.start();
        return new QueryServer(service, context);
    }

    int port() {
        return service.httpPort().orElseThrow();
    }

    Path table(String name) {
        return context.state().table(name);
    }

    /** An order's bytes, from JSON. */
    byte[] order(String json) throws Exception {
        return context.contracts()
                .contract("shop.v1.Order")
                .orElseThrow()
                .json()
                .toBytes(json);
    }

    /** How many files and folders queries have left behind. */
    long scratch() throws Exception {
        try (var all = Files.list(context.state().temporary("ask"))) {
            return all.count();
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(Duration.ofMinutes(2));
    }

    CompletableFuture<HttpResponse<byte[]>> start(String accept, String body) {
        return client.sendAsync(
                request("/query")
                        .header("Accept", accept)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> ask(String accept, String body) throws Exception {
        return start(accept, body).get();
    }

    HttpResponse<byte[]> get(String path) throws Exception {
        return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** The answer to a query that must be answered. */
    JsonNode answer(String body) throws Exception {
        HttpResponse<byte[]> response = ask("application/json", body);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + text(response));
        }
        return new ObjectMapper().readTree(response.body());
    }

    /** The rows of a query that must be answered, as JSON. */
    String rows(String body) throws Exception {
        return answer(body).path("rows").toString();
    }

    /** Status and detail of the answer to a query that must be refused. */
    String refusal(String body) throws Exception {
        HttpResponse<byte[]> response = ask("application/json", body);
        JsonNode problem = new ObjectMapper().readTree(response.body());
        return response.statusCode() + " " + problem.path("detail").asText();
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        service.stop();
    }
}
