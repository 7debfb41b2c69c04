// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.door.v1.Batch;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Event;
import dev.hippo.door.v1.PublishRequest;
import dev.hippo.door.v1.PublisherGrpc;
import dev.hippo.door.v1.Refusal;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.pipeline.HippoSettings;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoorLimitsIT {
    private static final String ORDER = "{\"order_id\":\"a\",\"cents\":1}";

    private static PublishRequest request(int noteBytes) {
        // order_id "a", cents 1, note
        ByteString.Output order = ByteString.newOutput();
        order.write(10);
        order.write(1);
        order.write('a');
        order.write(16);
        order.write(1);
        if (noteBytes > 0) {
            order.write(26);
            order.write((noteBytes & 0x7f) | 0x80);
            order.write(((noteBytes >>> 7) & 0x7f) | 0x80);
            order.write(noteBytes >>> 14);
            for (int i = 0; i < noteBytes; i++) {
                order.write('n');
            }
        }
        return PublishRequest.newBuilder()
                .setTopic("orders")
                .setEvent(Event.newBuilder().setValue(order.toByteString()))
                .build();
    }

    private static Status.Code code(Runnable call) {
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, call::run);
        return refused == null ? Status.Code.OK : refused.getStatus().getCode();
    }

    @Test
    void tooMuchInFlightIsRefusedAtOnce() throws Exception {
        HippoSettings.Frontier tight =
                new HippoSettings.Frontier(2_000, Duration.ofSeconds(20), false, List.of(), List.of());
        try (Door door = Door.open(Door.Broker.servers(), tight)) {
            assertThat(code(() -> door.publisher().publish(request(0)))).isEqualTo(Status.Code.OK);
            assertThat(code(() -> door.publisher().publish(request(17_000)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            AggregatedHttpResponse response = door.post("orders", "application/json", " ".repeat(3_000) + ORDER);
            assertThat(response.status().code()).isEqualTo(429);
            assertThat(response.headers().get("retry-after")).isEqualTo("1");
            AggregatedHttpResponse array =
                    door.post("orders", "application/json", "[" + (ORDER + ",").repeat(9) + ORDER + "]");
            assertThat(array.status().code()).isEqualTo(429);
            GrpcDoorIT.Answers<BatchReply> answers = new GrpcDoorIT.Answers<>();
            StreamObserver<Batch> call =
                    door.stub(PublisherGrpc.PublisherStub.class).publishStream(answers);
            Batch.Builder large = Batch.newBuilder().setTopic("orders");
            for (int i = 0; i < 10; i++) {
                large.addEvents(request(0).getEvent());
            }
            call.onNext(large.build());
            call.onNext(Batch.newBuilder().addEvents(request(0).getEvent()).build());
            call.onCompleted();
            answers.awaitEnd();
            assertThat(answers.messages.get(0).getRefusals(9).getCode()).isEqualTo(Refusal.Code.OVERLOADED);
            assertThat(answers.messages.get(1).getRefusalsCount()).isZero();
            assertThat(door.post("orders", "application/json", ORDER).status().code())
                    .isEqualTo(200);
            assertThat(door.web().get("/metrics").aggregate().join().contentUtf8())
                    .contains("hippo_door_in_flight_bytes 0.0");
        }
    }

    @Test
    void aBatchOfVeryManyEmptyEventsIsRefusedAsAWhole() throws Exception {
        try (Door door = Door.open(Door.Broker.servers(), Door.generous())) {
            Batch.Builder batch = Batch.newBuilder().setTopic("nowhere");
            for (int i = 0; i <= Publisher.MOST_EVENTS; i++) {
                batch.addEvents(Event.getDefaultInstance());
            }
            assertThat(code(() -> door.publisher().publishBatch(batch.build())))
                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void withoutKafkaTheAnswerIsUnavailableInBoundedTimeAndThenTheDoorRecovers(@TempDir Path folder) throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
        int port = Integer.parseInt(
                broker.bootstrapServers().substring(broker.bootstrapServers().indexOf(':') + 1));
        HippoSettings.Frontier settings =
                new HippoSettings.Frontier(50_000, Duration.ofSeconds(2), false, List.of(), List.of());
        try (Door door = Door.open(broker.bootstrapServers(), settings)) {
            assertThat(door.post("orders", "application/json", ORDER).status().code())
                    .isEqualTo(200);
            broker.close();
            long start = System.nanoTime();
            AggregatedHttpResponse response = door.post("orders", "application/json", ORDER);
            assertThat(response.status().code()).isEqualTo(503);
            assertThat(response.contentUtf8()).contains("unknown", "same id");
            assertThat(code(() -> door.publisher().publish(request(0)))).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
            // what cannot be written does not pile up beyond the limit, and is not called overload
            for (int i = 0; i < 10; i++) {
                assertThat(code(() -> door.publisher().publish(request(17_000))))
                        .isEqualTo(Status.Code.UNAVAILABLE);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
            try (EmbeddedBroker again = EmbeddedBroker.start(folder, port)) {
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> door.post("orders", "application/json", ORDER)
                                        .status()
                                        .code()
                                == 200);
                assertThat(again.bootstrapServers()).isEqualTo(broker.bootstrapServers());
            }
        } finally {
            broker.close();
        }
    }

    @Test
    void aStopAnswersWhatItTookAndEndsOpenStreams() throws Exception {
        Door door = Door.open(Door.Broker.servers(), Door.generous());
        GrpcDoorIT.Answers<BatchReply> answers = new GrpcDoorIT.Answers<>();
        StreamObserver<Batch> call =
                door.stub(PublisherGrpc.PublisherStub.class).publishStream(answers);
        for (int i = 0; i < 20; i++) {
            call.onNext(Batch.newBuilder()
                    .setTopic("orders")
                    .addEvents(request(0).getEvent())
                    .build());
        }
        await().until(() -> !answers.messages.isEmpty());
        door.close();
        answers.awaitEnd();
        assertThat(answers.failure).hasMessageContaining("UNAVAILABLE").hasMessageContaining("stopping");
        assertThat(answers.messages)
                .allSatisfy(reply -> assertThat(reply.getRefusalsCount()).isZero());
    }
}
