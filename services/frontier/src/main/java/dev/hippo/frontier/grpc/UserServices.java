// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.grpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.options.OptionsProto;
import dev.hippo.frontier.grpc.EventCall.Answer;
import dev.hippo.frontier.publish.PublishedTopic;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.frontier.publish.Refusal;
import dev.hippo.frontier.publish.Stamp;
import dev.hippo.frontier.publish.Submission;
import dev.hippo.kit.HippoFailure;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the methods of the user's own services that name a topic by {@code option (hippo.publish)}: in their own types, with no code
 * of the user's. The request's bytes are the event.
 */
public final class UserServices {
    private static final Logger log = LoggerFactory.getLogger(UserServices.class);

    private final Publisher publisher;
    private final OpenCalls openCalls;
    private final PipelineSpec pipeline;

    public UserServices(Publisher publisher, OpenCalls openCalls, PipelineSpec pipeline) {
        this.publisher = publisher;
        this.openCalls = openCalls;
        this.pipeline = pipeline;
    }

    /**
     * The services of which this door serves at least one method.
     *
     * @throws HippoFailure if an option names a topic that is not declared, or one of another contract
     */
    public List<ServerServiceDefinition> definitions(ContractCatalog contracts) throws HippoFailure {
        List<ServerServiceDefinition> definitions = new ArrayList<>();
        for (ServiceDescriptor service : contracts.services()) {
            Map<MethodDescriptor, PublishedTopic> methods = new LinkedHashMap<>();
            for (MethodDescriptor method : service.getMethods()) {
                String name = method.getOptions().getExtension(OptionsProto.publish);
                if (!name.isEmpty()) {
                    PublishedTopic topic = topic(method, name);
                    if (topic != null) {
                        methods.put(method, topic);
                    }
                }
            }
            if (!methods.isEmpty()) {
                definitions.add(definition(service, methods));
            }
        }
        return definitions;
    }

    private @org.jspecify.annotations.Nullable PublishedTopic topic(MethodDescriptor method, String name)
            throws HippoFailure {
        if (!pipeline.topics().containsKey(name)) {
            throw new HippoFailure(method.getFile().getName() + ": method " + method.getFullName()
                    + " publishes to topic '" + name + "', which the pipeline does not declare; "
                    + Suggestion.hint(name, pipeline.topics().keySet()));
        }
        PublishedTopic topic = publisher.topic(name);
        if (topic == null) {
            log.info(
                    "Not serving a method whose topic another hippo publishes method={} topic={}",
                    method.getFullName(),
                    name);
            return null;
        }
        String takes = method.getInputType().getFullName();
        if (!takes.equals(topic.contract().name())) {
            throw new HippoFailure(method.getFile().getName() + ": method " + method.getFullName() + " takes a " + takes
                    + " but topic '" + name + "' is bound to "
                    + topic.contract().name()
                    + "; change the request type, the option or the topic's contract");
        }
        return topic;
    }

    private ServerServiceDefinition definition(
            ServiceDescriptor service, Map<MethodDescriptor, PublishedTopic> served) {
        Map<io.grpc.MethodDescriptor<byte[], byte[]>, ServerCallHandler<byte[], byte[]>> handlers =
                new LinkedHashMap<>();
        served.forEach((method, topic) -> handlers.put(
                io.grpc.MethodDescriptor.newBuilder(RawBytes.MARSHALLER, RawBytes.MARSHALLER)
                        .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                                service.getFullName(), method.getName()))
                        .setType(type(method))
                        .setSchemaDescriptor(new SchemaOf.Method(method))
                        .build(),
                handler(method, topic)));
        io.grpc.ServiceDescriptor.Builder described = io.grpc.ServiceDescriptor.newBuilder(service.getFullName())
                .setSchemaDescriptor(new SchemaOf.Service(service));
        handlers.keySet().forEach(described::addMethod);
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(described.build());
        handlers.forEach(definition::addMethod);
        return definition.build();
    }

    private static MethodType type(MethodDescriptor method) {
        if (method.isClientStreaming()) {
            return method.isServerStreaming() ? MethodType.BIDI_STREAMING : MethodType.CLIENT_STREAMING;
        }
        return method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    }

    private ServerCallHandler<byte[], byte[]> handler(MethodDescriptor method, PublishedTopic topic) {
        ResponseShape shape = new ResponseShape(method.getOutputType(), topic.name());
        boolean many = method.isClientStreaming();
        return (call, metadata) -> {
            CallHeaders headers = CallHeaders.of(metadata);
            Executor eventLoop = PublisherService.eventLoop();
            return new EventCall(call, eventLoop, openCalls, (message, number, answer) -> {
                String id = headers.id() != null && many ? headers.id() + "-" + number : headers.id();
                publish(message, topic, shape, publisher.stamp(headers.traceParent(), id), headers, answer);
            });
        };
    }

    private void publish(
            byte[] message,
            PublishedTopic topic,
            ResponseShape shape,
            Stamp stamp,
            CallHeaders headers,
            Consumer<Answer> answer) {
        long room = message.length + (long) Publisher.EVENT_OVERHEAD;
        Refusal full = publisher.reserve(room);
        if (full != null) {
            publisher.refusedAtOnce(topic, full, 1);
            answer.accept(new Answer(full, shape.refused(full)));
            return;
        }
        Submission submission = publisher.submission(topic, stamp, 1, room, outcome -> {
            Refusal refusal = outcome.refusals().get(0);
            answer.accept(
                    refusal == null
                            ? new Answer(
                                    null,
                                    shape.accepted(
                                            topic.name(), outcome.partitions()[0], outcome.offsets()[0], stamp.id()))
                            : new Answer(refusal, shape.refused(refusal)));
        });
        try {
            submission.event(message, 0, message.length, stamp.idBytes(), headers.extras());
        } finally {
            submission.seal();
        }
    }
}
