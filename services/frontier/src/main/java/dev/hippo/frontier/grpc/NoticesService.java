// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.door.v1.NoticeReply;
import dev.hippo.door.v1.NoticeRequest;
import dev.hippo.door.v1.NoticesGrpc;
import dev.hippo.frontier.grpc.EventCall.Answer;
import dev.hippo.frontier.publish.NoticeBoard;
import dev.hippo.frontier.publish.NoticeTopic;
import dev.hippo.frontier.publish.Outcome;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Serves {@code hippo.door.v1.Notices}. */
public final class NoticesService {
    private final Publisher publisher;
    private final OpenCalls openCalls;

    public NoticesService(Publisher publisher, OpenCalls openCalls) {
        this.publisher = publisher;
        this.openCalls = openCalls;
    }

    /** The service, on raw bytes, with the descriptors that reflection and the docs page show. */
    public ServerServiceDefinition definition() {
        MethodDescriptor<byte[], byte[]> post = PublisherService.raw(NoticesGrpc.getPostMethod());
        ServiceDescriptor service = ServiceDescriptor.newBuilder(NoticesGrpc.SERVICE_NAME)
                .setSchemaDescriptor(NoticesGrpc.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(post)
                .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(post, (call, metadata) -> {
                    CallHeaders headers = CallHeaders.of(metadata);
                    Executor eventLoop = PublisherService.eventLoop();
                    return new EventCall(
                            call, eventLoop, openCalls, (message, number, answer) -> post(message, headers, answer));
                })
                .build();
    }

    private void post(byte[] message, CallHeaders headers, Consumer<Answer> answer) {
        NoticeRequest request;
        try {
            request = NoticeRequest.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            answer.accept(refused(Refusal.unreadable("hippo.door.v1.NoticeRequest", String.valueOf(e.getMessage()))));
            return;
        }
        NoticeTopic topic = publisher.notices().topic(request.getTopic());
        if (topic == null) {
            answer.accept(refused(publisher.notices().unknown(request.getTopic())));
            return;
        }
        String key = request.getIdempotencyKey().isEmpty() ? null : request.getIdempotencyKey();
        long room = message.length + (long) Publisher.EVENT_OVERHEAD;
        Refusal objection = key == null ? null : NoticeBoard.objection(key);
        if (objection == null) {
            objection = publisher.reserve(room);
        }
        if (objection != null) {
            publisher.refusedAtOnce(topic, objection, 1);
            answer.accept(refused(objection));
            return;
        }
        Stamp stamp = publisher.stamp(headers.traceParent(), key == null ? headers.id() : key);
        NoticeBoard.Post post = new NoticeBoard.Post(
                topic, stamp, List.of(request.getNoticeBytes().toByteArray()), false, key, room);
        publisher.notices().post(post, (outcome, duplicates) -> answer.accept(answer(post, outcome, duplicates)));
    }

    private static Answer refused(Refusal refusal) {
        return new Answer(refusal, null);
    }

    private static Answer answer(NoticeBoard.Post post, Outcome outcome, BitSet duplicates) {
        Refusal refusal = outcome.refusals().get(0);
        if (refusal != null) {
            return refused(refusal);
        }
        return new Answer(
                null,
                NoticeReply.newBuilder()
                        .setTopic(post.topic().name())
                        .setPartition(outcome.partitions()[0])
                        .setOffset(outcome.offsets()[0])
                        .setId(post.id(0))
                        .setDuplicate(duplicates.get(0))
                        .build()
                        .toByteArray());
    }
}
