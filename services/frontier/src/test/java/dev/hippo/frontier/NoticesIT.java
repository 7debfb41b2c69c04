// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.rpc.BadRequest;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.door.v1.NoticeReply;
import dev.hippo.door.v1.NoticeRequest;
import dev.hippo.door.v1.NoticesGrpc;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.wire.EventHeaders;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticesIT {
    private static final String TOPIC = "frontier-adw";
    private static final String MONTHLY =
            "{\"table\": \"PARTY_TRU_ACCUM_BAL_M\", \"partition\": [{\"name\": \"YYYYMM\", \"value\": \"201703\"}], \"db\": \"btd\", \"method\": \"overwrite_partition\", \"exec_date\": \"1493394946\"}";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Door door;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() throws Exception {
        door = Door.open(Door.Broker.servers(), Door.generous());
    }

    @AfterAll
    static void close() {
        door.close();
    }

    private static CompletableFuture<AggregatedHttpResponse> sending(
            Door to, String topic, String body, String... headers) {
        RequestHeadersBuilder request =
                RequestHeaders.builder(HttpMethod.POST, "/notices/" + topic).add("content-type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.add(headers[i], headers[i + 1]);
        }
        return to.web()
                .execute(request.build(), body.getBytes(StandardCharsets.UTF_8))
                .aggregate();
    }

    private static AggregatedHttpResponse post(String body, String... headers) {
        return sending(door, TOPIC, body, headers).join();
    }

    private static JsonNode json(AggregatedHttpResponse response) throws Exception {
        return JSON.readTree(response.contentUtf8());
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    @Test
    void aNoticeIsOnTheTopicAsItWasSent() throws Exception {
        AggregatedHttpResponse response = post(MONTHLY);
        assertThat(response.status().code()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(answer.path("topic").asText()).isEqualTo(TOPIC);
        assertThat(answer.path("duplicate").asBoolean(true)).isFalse();
        ConsumerRecord<byte[], byte[]> record = door.read(
                TOPIC, answer.path("partition").asInt(-1), answer.path("offset").asLong(-1));
        assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo(MONTHLY);
        assertThat(record.key()).isNull();
        assertThat(Door.header(record, EventHeaders.CONTENT_TYPE)).isEqualTo("application/json");
        assertThat(Door.header(record, EventHeaders.TYPE)).isEqualTo("dev.hippo.notice");
        assertThat(Door.header(record, EventHeaders.ID))
                .isEqualTo(answer.path("id").asText());
    }

    @Test
    void ofAnArrayWhatIsGoodStaysAndTheRestIsToldByField() throws Exception {
        AggregatedHttpResponse response = post("[" + MONTHLY
                + ", {\"hippo_name\": \"h\"}, {\"table\": \"t\", \"exec_date\": \"soon\"}, {\"table\":\"u\"} ]");
        assertThat(response.status().code()).isEqualTo(400);
        JsonNode answer = json(response);
        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.at("/results/1/violations/0/path").asText()).isEqualTo("table");
        assertThat(answer.at("/results/1/status").asInt()).isEqualTo(400);
        assertThat(answer.at("/results/2/violations/0/path").asText()).isEqualTo("exec_date");
        ConsumerRecord<byte[], byte[]> last =
                door.read(TOPIC, 0, answer.at("/results/3/offset").asLong());
        assertThat(new String(last.value(), StandardCharsets.UTF_8)).isEqualTo("{\"table\":\"u\"}");
    }

    @Test
    void whatIsNoNoticeIsRefusedWithFieldAndReasonAndKept() throws Exception {
        long kept = door.end(HippoSettings.Batch.REJECTED_TOPIC, 0);
        long before = door.end(TOPIC, 0);
        AggregatedHttpResponse response = post("{\"table\": \"t\", \"partition\": \"201703\"}");
        assertThat(response.status().code()).isEqualTo(400);
        assertThat(response.contentType().toString()).startsWith("application/problem+json");
        assertThat(json(response).at("/violations/0/path").asText()).isEqualTo("partition");
        assertThat(json(response).path("detail").asText()).contains("'partition' must be a list");
        assertThat(door.end(TOPIC, 0)).isEqualTo(before);
        ConsumerRecord<byte[], byte[]> rejected = door.read(HippoSettings.Batch.REJECTED_TOPIC, 0, kept);
        assertThat(Door.header(rejected, EventHeaders.REJECTED_BECAUSE)).contains("partition");
        assertThat(post("{\"table\": ").status().code()).isEqualTo(400);
        assertThat(post(MONTHLY, "idempotency-key", "two words").status().code())
                .isEqualTo(400);
    }

    @Test
    void anUnknownTopicIsToldWithTheNearestName() throws Exception {
        AggregatedHttpResponse response = sending(door, "frontier-adv", MONTHLY).join();
        assertThat(response.status().code()).isEqualTo(404);
        assertThat(json(response).path("detail").asText()).contains("did you mean 'frontier-adw'?");
        AggregatedHttpResponse event = door.post(TOPIC, "application/json", MONTHLY);
        assertThat(event.status().code()).isEqualTo(404);
        assertThat(json(event).path("detail").asText()).contains("/notices/frontier-adw");
        assertThat(door.web()
                        .get("/notices/" + TOPIC)
                        .aggregate()
                        .join()
                        .status()
                        .code())
                .isEqualTo(405);
    }

    @Test
    void theSameKeyWritesOnceHoweverManySendItAtATime() throws Exception {
        long before = door.end(TOPIC, 0);
        String key = key();
        List<CompletableFuture<AggregatedHttpResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(sending(door, TOPIC, MONTHLY, "Idempotency-Key", i % 2 == 0 ? key : '"' + key + '"'));
        }
        List<JsonNode> bodies = new ArrayList<>();
        for (CompletableFuture<AggregatedHttpResponse> answer : answers) {
            assertThat(answer.join().status().code()).isEqualTo(200);
            bodies.add(json(answer.join()));
        }
        assertThat(bodies).extracting(body -> body.path("offset").asLong()).containsOnly(before);
        assertThat(bodies)
                .filteredOn(body -> !body.path("duplicate").asBoolean())
                .hasSize(1);
        assertThat(door.end(TOPIC, 0)).isEqualTo(before + 1);
        AggregatedHttpResponse other = post("{\"table\": \"other\"}", "Idempotency-Key", key);
        assertThat(other.status().code()).isEqualTo(400);
        assertThat(json(other).at("/violations/0/rule").asText()).isEqualTo("idempotency_key.reused");
    }

    @Test
    void anotherDoorKnowsTheKeysOfTheTopic() throws Exception {
        String key = key();
        String array = "[" + MONTHLY + ",{\"table\":\"second\"}]";
        JsonNode first = json(post(array, "Idempotency-Key", key));
        JsonNode single = json(post(MONTHLY, "Idempotency-Key", key + "/1"));
        long end = door.end(TOPIC, 0);
        try (Door again = Door.open(Door.Broker.servers(), Door.generous())) {
            JsonNode second =
                    json(sending(again, TOPIC, array, "Idempotency-Key", key).join());
            assertThat(second.at("/results/0/offset")).isEqualTo(first.at("/results/0/offset"));
            assertThat(second.at("/results/1/offset")).isEqualTo(first.at("/results/1/offset"));
            assertThat(second.at("/results/1/duplicate").asBoolean()).isTrue();
            NoticeReply reply = again.stub(NoticesGrpc.NoticesBlockingStub.class)
                    .post(NoticeRequest.newBuilder()
                            .setTopic(TOPIC)
                            .setNotice(MONTHLY)
                            .setIdempotencyKey(key + "/1")
                            .build());
            assertThat(reply.getOffset()).isEqualTo(single.path("offset").asLong());
            assertThat(reply.getDuplicate()).isTrue();
            assertThat(reply.getId()).isEqualTo(single.path("id").asText());
        }
        assertThat(door.end(TOPIC, 0)).isEqualTo(end);
    }

    @Test
    void grpcTakesANoticeAndRefusesOneByField() throws Exception {
        NoticesGrpc.NoticesBlockingStub notices = door.stub(NoticesGrpc.NoticesBlockingStub.class);
        NoticeReply reply = notices.post(
                NoticeRequest.newBuilder().setTopic(TOPIC).setNotice(MONTHLY).build());
        assertThat(new String(
                        door.read(TOPIC, reply.getPartition(), reply.getOffset())
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo(MONTHLY);
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> notices.post(NoticeRequest.newBuilder()
                        .setTopic(TOPIC)
                        .setNotice("{\"table\":\"t\",\"version\":\"x\"}")
                        .build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
        com.google.rpc.Status status = StatusProto.fromThrowable(refused);
        assertThat(status.getDetails(1)
                        .unpack(BadRequest.class)
                        .getFieldViolations(0)
                        .getField())
                .isEqualTo("version");
        StatusRuntimeException unknown = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> notices.post(NoticeRequest.newBuilder()
                        .setTopic("frontier")
                        .setNotice(MONTHLY)
                        .build()));
        assertThat(unknown.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.NOT_FOUND);
    }

    @Test
    void withoutKafkaEveryPostIsAnsweredInTimeAndAfterwardsItIsWrittenOnce() throws Exception {
        HippoSettings.Frontier settings =
                new HippoSettings.Frontier(1 << 20, Duration.ofSeconds(2), false, List.of(), List.of(TOPIC));
        EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
        int port = Integer.parseInt(broker.bootstrapServers().replaceAll(".*:", ""));
        try (Door alone = Door.open(broker.bootstrapServers(), settings)) {
            String known = key();
            long offset = json(sending(alone, TOPIC, MONTHLY, "idempotency-key", known)
                            .join())
                    .path("offset")
                    .asLong(-1);
            broker.close();
            long started = System.nanoTime();
            List<CompletableFuture<AggregatedHttpResponse>> answers = new ArrayList<>();
            String fresh = key();
            for (int i = 0; i < 10; i++) {
                answers.add(sending(alone, TOPIC, MONTHLY, "idempotency-key", fresh));
            }
            answers.add(sending(alone, TOPIC, MONTHLY));
            for (CompletableFuture<AggregatedHttpResponse> answer : answers) {
                assertThat(answer.join().status().code()).isEqualTo(503);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMinutes(1));

            broker = EmbeddedBroker.start(folder, port);
            Awaitility.await("the door goes on")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> sending(alone, TOPIC, MONTHLY, "idempotency-key", fresh)
                                    .join()
                                    .status()
                                    .code()
                            == 200);
            JsonNode again = json(
                    sending(alone, TOPIC, MONTHLY, "idempotency-key", known).join());
            assertThat(again.path("offset").asLong()).isEqualTo(offset);
            long withFresh = alone.read(TOPIC, 0, 0, (int) alone.end(TOPIC, 0)).stream()
                    .filter(record ->
                            Door.header(record, EventHeaders.IDEMPOTENCY_KEY).equals(fresh))
                    .count();
            assertThat(withFresh).isEqualTo(1);
        } finally {
            broker.close();
        }
    }
}
