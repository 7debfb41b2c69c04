// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.hippo.door.v1.PublishReply;
import dev.hippo.door.v1.PublisherGrpc;
import dev.hippo.frontier.grpc.EventCall.Answer;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.PublishedTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import dev.hippo.frontier.publish.Submission;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Serves {@code hippo.door.v1.Publisher}, the generic publish service. */
public final class PublisherService {
    private final Publisher publisher;
    private final OpenCalls openCalls;

    public PublisherService(Publisher publisher, OpenCalls openCalls) {
        this.publisher = publisher;
        this.openCalls = openCalls;
    }

    /** The service, on raw bytes, with the descriptors that reflection and the docs page show. */
    public ServerServiceDefinition definition() {
        MethodDescriptor<byte[], byte[]> single = raw(PublisherGrpc.getPublishMethod());
        MethodDescriptor<byte[], byte[]> batch = raw(PublisherGrpc.getPublishBatchMethod());
        MethodDescriptor<byte[], byte[]> stream = raw(PublisherGrpc.getPublishStreamMethod());
        ServiceDescriptor service = ServiceDescriptor.newBuilder(PublisherGrpc.SERVICE_NAME)
                .setSchemaDescriptor(PublisherGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(single)
                .addMethod(batch)
                .addMethod(stream)
                .build();
        ServerCallHandler<byte[], byte[]> batches =
                (call, metadata) -> new BatchCall(publisher, call, metadata, eventLoop(), openCalls);
        return ServerServiceDefinition.builder(service)
                .addMethod(single, (call, metadata) -> {
                    CallHeaders headers = CallHeaders.of(metadata);
                    Executor eventLoop = eventLoop();
                    return new EventCall(
                            call, eventLoop, openCalls, (message, number, answer) -> publish(message, headers, answer));
                })
                .addMethod(batch, batches)
                .addMethod(stream, batches)
                .build();
    }

    static Executor eventLoop() {
        return ServiceRequestContext.current().eventLoop().withoutContext();
    }

    static MethodDescriptor<byte[], byte[]> raw(MethodDescriptor<?, ?> typed) {
        return MethodDescriptor.newBuilder(RawBytes.MARSHALLER, RawBytes.MARSHALLER)
                .setFullMethodName(typed.getFullMethodName())
                .setType(typed.getType())
                .setSchemaDescriptor(typed.getSchemaDescriptor())
                .build();
    }

    private void publish(byte[] message, CallHeaders headers, Consumer<Answer> answer) {
        BatchWire request;
        try {
            request = BatchWire.single(message);
        } catch (InvalidProtocolBufferException e) {
            answer.accept(refused(Refusal.unreadable("hippo.door.v1.PublishRequest", String.valueOf(e.getMessage()))));
            return;
        }
        PublishedTopic topic = publisher.topic(request.topic());
        if (topic == null) {
            answer.accept(refused(publisher.unknown(request.topic())));
            return;
        }
        long room = message.length + (long) Publisher.EVENT_OVERHEAD;
        Refusal full = publisher.reserve(room);
        if (full != null) {
            publisher.refusedAtOnce(topic, full, 1);
            answer.accept(refused(full));
            return;
        }
        Stamp stamp = publisher.stamp(headers.traceParent(), headers.id());
        String[] id = {""};
        Submission submission =
                publisher.submission(topic, stamp, 1, room, outcome -> answer.accept(answer(topic, id[0], outcome)));
        try {
            request.addTo(submission, stamp.idBytes());
            id[0] = new String(request.lastId(), StandardCharsets.UTF_8);
        } catch (InvalidProtocolBufferException e) {
            id[0] = stamp.id();
        } finally {
            submission.seal();
        }
    }

    private static Answer refused(Refusal refusal) {
        return new Answer(refusal, null);
    }

    private static Answer answer(PublishedTopic topic, String id, Outcome outcome) {
        Refusal refusal = outcome.refusals().get(0);
        if (refusal != null) {
            return refused(refusal);
        }
        return new Answer(
                null,
                PublishReply.newBuilder()
                        .setTopic(topic.name())
                        .setPartition(outcome.partitions()[0])
                        .setOffset(outcome.offsets()[0])
                        .setId(id)
                        .build()
                        .toByteArray());
    }
}
