// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.rpc.BadRequest;
import com.google.rpc.Status;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.hippo.contracts.Contract;
import dev.hippo.door.v1.Batch;
import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.Event;
import dev.hippo.door.v1.PublishReply;
import dev.hippo.door.v1.PublishRequest;
import dev.hippo.door.v1.PublisherGrpc;
import dev.hippo.door.v1.Refusal;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GrpcDoorIT {
    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = Door.open(Door.Broker.servers(), Door.generous());
    }

    @AfterAll
    static void close() {
        door.close();
    }

    /** What a stream answered. */
    static final class Answers<T> implements StreamObserver<T> {
        final List<T> messages = new CopyOnWriteArrayList<>();
        volatile @Nullable Throwable failure;
        volatile boolean completed;

        @Override
        public void onNext(T message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable reason) {
            failure = reason;
        }

        @Override
        public void onCompleted() {
            completed = true;
        }

        void awaitEnd() {
            await().atMost(Duration.ofMinutes(2)).until(() -> completed || failure != null);
        }
    }

    private static Contract contract(String name) {
        return door.context().contracts().contract(name).orElseThrow();
    }

    private static DynamicMessage order(String id, long cents) throws Exception {
        return DynamicMessage.parseFrom(contract("shop.v1.Order").descriptor(), bytes(id, cents));
    }

    private static byte[] bytes(String id, long cents) throws Exception {
        return contract("shop.v1.Order").json().toBytes("{\"order_id\":\"" + id + "\",\"cents\":" + cents + "}");
    }

    private static Event event(String eventId, String id, long cents) throws Exception {
        return Event.newBuilder()
                .setId(eventId)
                .setValue(ByteString.copyFrom(bytes(id, cents)))
                .build();
    }

    private static MethodDescriptor<DynamicMessage, DynamicMessage> method(
            String name, MethodType type, String answer) {
        return MethodDescriptor.newBuilder(
                        ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(
                                contract("shop.v1.Order").descriptor())),
                        ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(
                                contract(answer).descriptor())))
                .setFullMethodName("shop.v1.Orders/" + name)
                .setType(type)
                .build();
    }

    private static Channel channel() {
        return door.publisher().getChannel();
    }

    private static DynamicMessage call(String name, String answer, DynamicMessage order) {
        return ClientCalls.blockingUnaryCall(
                channel(), method(name, MethodType.UNARY, answer), CallOptions.DEFAULT, order);
    }

    private static String json(DynamicMessage message) throws Exception {
        return contract(message.getDescriptorForType().getFullName()).json().toJson(message.toByteArray());
    }

    @Test
    void aUsersMethodIsServedInItsOwnTypes() throws Exception {
        assertThat(json(call("Take", "shop.v1.Ack", order("u1", 5)))).contains("200", "accepted");
        assertThat(call("TakeQuiet", "shop.v1.Nothing", order("u2", 5)).getSerializedSize())
                .isZero();
        DynamicMessage place = call("TakePlace", "shop.v1.Place", order("u3", 5));
        var type = place.getDescriptorForType();
        assertThat(place.getField(type.findFieldByName("topic"))).isEqualTo("orders");
        ConsumerRecord<byte[], byte[]> record =
                door.read("orders", (int) place.getField(type.findFieldByName("partition")), (long)
                        place.getField(type.findFieldByName("offset")));
        assertThat(record.value()).isEqualTo(bytes("u3", 5));
        assertThat(Door.header(record, "ce_id")).isEqualTo(place.getField(type.findFieldByName("event_id")));
        assertThat(Door.header(record, "traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    }

    @Test
    void anInvalidEventOfAUsersMethodIsRefusedFieldByField() {
        StatusRuntimeException refused =
                catchThrowableOfType(StatusRuntimeException.class, () -> call("Take", "shop.v1.Ack", order("", -5)));
        assertThat(refused.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains("order_id", "cents");
        Status status = StatusProto.fromThrowable(refused);
        assertThat(status).isNotNull();
        assertThat(status.getDetailsList())
                .filteredOn(detail -> detail.is(BadRequest.class))
                .singleElement()
                .satisfies(detail -> assertThat(detail.unpack(BadRequest.class).getFieldViolationsList())
                        .extracting(BadRequest.FieldViolation::getField)
                        .containsExactlyInAnyOrder("order_id", "cents"));
    }

    @Test
    void aMethodThatNamesNoTopicIsNotServed() {
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class, () -> call("Unserved", "shop.v1.Ack", order("u", 5)));
        assertThat(refused.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.UNIMPLEMENTED);
    }

    @Test
    void aClientStreamIsAnsweredOnceAllIsAcknowledged() throws Exception {
        var many = method("TakeMany", MethodType.CLIENT_STREAMING, "shop.v1.Ack");
        Answers<DynamicMessage> good = new Answers<>();
        var call = ClientCalls.asyncClientStreamingCall(channel().newCall(many, CallOptions.DEFAULT), good);
        for (int i = 0; i < 2500; i++) {
            call.onNext(order("m" + i, 1));
        }
        call.onCompleted();
        good.awaitEnd();
        assertThat(good.failure).isNull();
        assertThat(json(good.messages.get(0))).contains("200");
        Answers<DynamicMessage> bad = new Answers<>();
        call = ClientCalls.asyncClientStreamingCall(channel().newCall(many, CallOptions.DEFAULT), bad);
        call.onNext(order("m", 1));
        call.onNext(order("", 1));
        call.onNext(order("n", 1));
        call.onCompleted();
        bad.awaitEnd();
        assertThat(bad.failure)
                .hasMessageContaining("INVALID_ARGUMENT: event 1:")
                .hasMessageContaining("2 of 3 events");
    }

    @Test
    void aTwoWayStreamGoesOnAfterAnInvalidEvent() throws Exception {
        Answers<DynamicMessage> answers = new Answers<>();
        var call = ClientCalls.asyncBidiStreamingCall(
                channel().newCall(method("Talk", MethodType.BIDI_STREAMING, "shop.v1.Ack"), CallOptions.DEFAULT),
                answers);
        call.onNext(order("t1", 1));
        await().until(() -> answers.messages.size() == 1);
        call.onNext(order("", 1));
        await().until(() -> answers.messages.size() == 2);
        call.onNext(order("t3", 1));
        await().until(() -> answers.messages.size() == 3);
        call.onCompleted();
        answers.awaitEnd();
        assertThat(answers.failure).isNull();
        assertThat(json(answers.messages.get(1))).contains("400", "order_id");
        assertThat(json(answers.messages.get(2))).contains("200");
    }

    @Test
    void thePublisherTakesOneEvent() throws Exception {
        PublishRequest request = PublishRequest.newBuilder()
                .setTopic("orders")
                .setEvent(event("p-1", "p1", 7).toBuilder()
                        .putHeaders("ce_source", "/till/9")
                        .putHeaders("colour", "green"))
                .build();
        PublishReply reply = door.publisher().publish(request);
        assertThat(reply.getId()).isEqualTo("p-1");
        ConsumerRecord<byte[], byte[]> record = door.read("orders", reply.getPartition(), reply.getOffset());
        assertThat(record.value()).isEqualTo(bytes("p1", 7));
        assertThat(Door.header(record, "ce_id")).isEqualTo("p-1");
        assertThat(Door.header(record, "ce_source")).isEqualTo("/till/9");
        assertThat(Door.header(record, "colour")).isEqualTo("green");
        assertThat(door.publisher()
                        .publish(
                                request.toBuilder().setEvent(event("", "p2", 7)).build())
                        .getId())
                .hasSize(36);
        assertThat(catchThrowableOfType(
                                StatusRuntimeException.class,
                                () -> door.publisher()
                                        .publish(request.toBuilder()
                                                .setTopic("order")
                                                .build()))
                        .getStatus())
                .satisfies(status -> assertThat(status.getCode()).isEqualTo(io.grpc.Status.Code.NOT_FOUND))
                .satisfies(status -> assertThat(status.getDescription()).contains("did you mean 'orders'?"));
    }

    @Test
    void aBatchSaysWhatBecameOfEachEvent() throws Exception {
        Batch batch = Batch.newBuilder()
                .setSequence(9)
                .setTopic("orders")
                .addEvents(event("", "q0", 1))
                .addEvents(event("q-1", "", 1))
                .addEvents(event("q-2", "q2", 1).toBuilder().putHeaders("ce_time", "now"))
                .addEvents(event("q-3", "q3", 1))
                .build();
        BatchReply reply = door.publisher().publishBatch(batch);
        assertThat(reply.getSequence()).isEqualTo(9);
        assertThat(reply.getPartitionsList()).hasSize(4);
        assertThat(reply.getOffsetsList())
                .satisfies(offsets -> assertThat(offsets.get(1)).isEqualTo(-1));
        assertThat(reply.getRefusalsList())
                .hasSize(2)
                .allSatisfy(refusal -> assertThat(refusal.getCode()).isEqualTo(Refusal.Code.INVALID));
        assertThat(reply.getRefusals(0).getIndex()).isEqualTo(1);
        assertThat(reply.getRefusals(0).getViolations(0).getPath()).isEqualTo("order_id");
        assertThat(reply.getRefusals(1).getMessage()).contains("ce_time");
        ConsumerRecord<byte[], byte[]> first = door.read("orders", reply.getPartitions(0), reply.getOffsets(0));
        assertThat(Door.header(first, "ce_id")).isEqualTo(reply.getIdPrefix() + "-0");
    }

    @Test
    void aBatchMayDelete() throws Exception {
        Event deletion = event("", "k1", 0).toBuilder().setDelete(true).build();
        BatchReply reply = door.publisher()
                .publishBatch(Batch.newBuilder()
                        .setTopic("prices")
                        .addEvents(event("", "k1", 5))
                        .addEvents(deletion)
                        .addEvents(deletion.toBuilder().clearValue())
                        .build());
        assertThat(reply.getRefusalsList()).singleElement().satisfies(refusal -> {
            assertThat(refusal.getIndex()).isEqualTo(2);
            assertThat(refusal.getMessage()).contains("the field that is the key");
        });
        ConsumerRecord<byte[], byte[]> record = door.read("prices", 0, reply.getOffsets(1));
        assertThat(record.key()).asString().isEqualTo("k1");
        assertThat(record.value()).isNull();
    }

    @Test
    void aStreamOfBatchesIsAcknowledgedBatchByBatchInOrderPerPartition() throws Exception {
        Answers<BatchReply> answers = new Answers<>();
        StreamObserver<Batch> call =
                door.stub(PublisherGrpc.PublisherStub.class).publishStream(answers);
        int batches = 300;
        int events = 50;
        for (int b = 0; b < batches; b++) {
            Batch.Builder batch = Batch.newBuilder().setSequence(b + 1);
            if (b == 0) {
                batch.setTopic("unkeyed");
            }
            for (int e = 0; e < events; e++) {
                batch.addEvents(event("s-" + b + "-" + e, "s" + b + "-" + e, 1));
            }
            call.onNext(batch.build());
        }
        call.onCompleted();
        answers.awaitEnd();
        assertThat(answers.failure).isNull();
        assertThat(answers.messages).hasSize(batches).allSatisfy(reply -> {
            assertThat(reply.getRefusalsCount()).isZero();
            assertThat(reply.getIdPrefix()).isEmpty();
            assertThat(reply.getOffsetsCount()).isEqualTo(events);
        });
        BatchReply one = answers.messages.stream()
                .filter(reply -> reply.getSequence() == 1)
                .findFirst()
                .orElseThrow();
        List<ConsumerRecord<byte[], byte[]>> records = door.read("unkeyed", 0, one.getOffsets(0), batches * events);
        for (int i = 0; i < records.size(); i++) {
            String id = "s" + i / events + "-" + i % events;
            assertThat(records.get(i).value()).isEqualTo(bytes(id, 1));
            assertThat(Door.header(records.get(i), "ce_id")).isEqualTo(id.replaceFirst("s", "s-"));
            assertThat(records.get(i).key()).isNull();
        }
    }

    @Test
    void aStreamToAnUnknownTopicIsToldSoAndGoesOn() throws Exception {
        Answers<BatchReply> answers = new Answers<>();
        StreamObserver<Batch> call =
                door.stub(PublisherGrpc.PublisherStub.class).publishStream(answers);
        call.onNext(Batch.newBuilder()
                .setTopic("nowhere")
                .addEvents(event("", "x", 1))
                .build());
        call.onNext(Batch.newBuilder()
                .setTopic("orders")
                .addEvents(event("", "x", 1))
                .build());
        call.onCompleted();
        answers.awaitEnd();
        assertThat(answers.messages).hasSize(2);
        assertThat(answers.messages.get(0).getRefusals(0).getCode()).isEqualTo(Refusal.Code.UNKNOWN_TOPIC);
    }

    @Test
    void reflectionAndHealthAnswer() {
        Answers<ServerReflectionResponse> answers = new Answers<>();
        var call = door.stub(ServerReflectionGrpc.ServerReflectionStub.class).serverReflectionInfo(answers);
        call.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        call.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("shop.v1.Orders")
                .build());
        call.onCompleted();
        answers.awaitEnd();
        assertThat(answers.messages.get(0).getListServicesResponse().getServiceList())
                .extracting(io.grpc.reflection.v1.ServiceResponse::getName)
                .contains("shop.v1.Orders", "hippo.door.v1.Publisher", "grpc.health.v1.Health");
        assertThat(answers.messages.get(1).getFileDescriptorResponse().getFileDescriptorProtoList())
                .isNotEmpty();
        assertThat(door.stub(HealthGrpc.HealthBlockingStub.class)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void grpcWebIsServed() throws Exception {
        byte[] order = bytes("w1", 3);
        byte[] framed = ByteBuffer.allocate(5 + order.length)
                .put((byte) 0)
                .putInt(order.length)
                .put(order)
                .array();
        var response = door.web()
                .execute(
                        RequestHeaders.of(
                                HttpMethod.POST, "/shop.v1.Orders/Take", "content-type", "application/grpc-web+proto"),
                        HttpData.wrap(framed))
                .aggregate()
                .join();
        assertThat(response.status().code()).isEqualTo(200);
        assertThat(new String(response.content().array(), StandardCharsets.UTF_8))
                .contains("accepted")
                .contains("grpc-status: 0");
    }
}
