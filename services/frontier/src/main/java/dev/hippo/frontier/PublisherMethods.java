// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import dev.hippo.door.v1.BatchReply;
import dev.hippo.door.v1.PublishReply;
import dev.hippo.door.v1.PublisherGrpc;
import dev.hippo.door.v1.Refusal;
import dev.hippo.door.v1.Violation;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The generic service {@code hippo.door.v1.Publisher}, on the bytes of its messages. */
final class PublisherMethods {
    private final DoorTopics topics;
    private final Intake intake;
    private final InstantSource clock;

    PublisherMethods(DoorTopics topics, Intake intake, InstantSource clock) {
        this.topics = topics;
        this.intake = intake;
        this.clock = clock;
    }

    ServerServiceDefinition definition() {
        MethodDescriptor<byte[], byte[]> publish = bytes(PublisherGrpc.getPublishMethod());
        MethodDescriptor<byte[], byte[]> batch = bytes(PublisherGrpc.getPublishBatchMethod());
        MethodDescriptor<byte[], byte[]> stream = bytes(PublisherGrpc.getPublishStreamMethod());
        ServiceDescriptor service = ServiceDescriptor.newBuilder(PublisherGrpc.SERVICE_NAME)
                .setSchemaDescriptor(PublisherGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(publish)
                .addMethod(batch)
                .addMethod(stream)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(publish, ServerCalls.asyncUnaryCall(this::publish))
                .addMethod(batch, ServerCalls.asyncUnaryCall(this::publishBatch))
                .addMethod(stream, ServerCalls.asyncBidiStreamingCall(this::publishStream))
                .build();
    }

    private static MethodDescriptor<byte[], byte[]> bytes(MethodDescriptor<?, ?> method) {
        return MethodDescriptor.<byte[], byte[]>newBuilder(BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .setSchemaDescriptor(method.getSchemaDescriptor())
                .build();
    }

    private void publish(byte[] request, StreamObserver<byte[]> answer) {
        BatchFrame frame;
        try {
            frame = BatchFrame.single(request);
        } catch (IOException e) {
            answer.onError(malformed(e));
            return;
        }
        publish(frame)
                .thenAccept(batch -> {
                    Refused refused = batch.refusal(0);
                    if (refused != null) {
                        answer.onError(GrpcFailures.of(refused));
                        return;
                    }
                    answer.onNext(PublishReply.newBuilder()
                            .setTopic(batch.topic().name())
                            .setPartition(batch.partition(0))
                            .setOffset(batch.offset(0))
                            .setId(batch.id(0))
                            .build()
                            .toByteArray());
                    answer.onCompleted();
                })
                .exceptionally(failure -> fail(answer, failure));
    }

    private void publishBatch(byte[] request, StreamObserver<byte[]> answer) {
        BatchFrame frame;
        try {
            frame = BatchFrame.batch(request);
        } catch (IOException e) {
            answer.onError(malformed(e));
            return;
        }
        publish(frame)
                .thenAccept(batch -> {
                    answer.onNext(answer(frame.sequence(), batch));
                    answer.onCompleted();
                })
                .exceptionally(failure -> fail(answer, failure));
    }

    private StreamObserver<byte[]> publishStream(StreamObserver<byte[]> answers) {
        return new BatchStream(this, (ServerCallStreamObserver<byte[]>) answers);
    }

    /** Publishes the events of a frame; completes with the finished batch, or with the gRPC failure of an unknown topic. */
    CompletableFuture<Batch> publish(BatchFrame frame) {
        DoorTopic topic = topics.find(frame.topic());
        if (topic == null) {
            return CompletableFuture.failedFuture(GrpcFailures.of(topics.unknown(frame.topic())));
        }
        List<BatchFrame.Event> events = frame.events();
        Batch batch = intake.begin(topic, events.size());
        Instant now = clock.instant();
        String trace = "";
        for (int i = 0; i < events.size(); i++) {
            BatchFrame.Event event = events.get(i);
            String parent = event.traceparent();
            if (parent.isEmpty()) {
                trace = trace.isEmpty() ? intake.ids().traceparent() : trace;
                parent = trace;
            }
            intake.take(batch, i, event.value(), event.id(), parent, now);
        }
        intake.sent(batch);
        return batch.done();
    }

    /** The bytes of the {@code BatchReply}. */
    static byte[] answer(long sequence, Batch batch) {
        BatchReply.Builder answer =
                BatchReply.newBuilder().setSequence(sequence).setIdPrefix(batch.idPrefix());
        for (int i = 0; i < batch.size(); i++) {
            answer.addPartitions(batch.partition(i)).addOffsets(batch.offset(i));
        }
        batch.refusals().forEach((index, refused) -> {
            Refusal.Builder refusal = answer.addRefusalsBuilder()
                    .setIndex(index)
                    .setCode(Refusal.Code.forNumber(refused.reason().number()))
                    .setMessage(refused.message());
            refused.violations()
                    .forEach(v -> refusal.addViolations(Violation.newBuilder()
                            .setPath(v.path())
                            .setRule(v.rule())
                            .setMessage(v.message())));
        });
        return answer.build().toByteArray();
    }

    static RuntimeException malformed(IOException cause) {
        return Status.INVALID_ARGUMENT
                .withDescription("the request is no message of hippo.door.v1.Publisher: " + cause.getMessage())
                .asRuntimeException();
    }

    /** The cause of a failed publish, as gRPC is to be told. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : cause;
    }

    private static @Nullable Void fail(StreamObserver<byte[]> answer, Throwable failure) {
        answer.onError(cause(failure));
        return null;
    }
}
