// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.options.OptionsProto;
import dev.hippo.kit.HippoFailure;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves the methods of the user's own services whose option {@code (hippo.publish)} names a topic, in their own request and response types. A response is filled where it
 * has fields of known names: {@code status_code} 200, {@code message}, {@code topic}, {@code partition}, {@code offset}, {@code event_id}.
 */
final class ContractMethods {
    private final DoorTopics topics;
    private final Intake intake;
    private final InstantSource clock;

    ContractMethods(DoorTopics topics, Intake intake, InstantSource clock) {
        this.topics = topics;
        this.intake = intake;
        this.clock = clock;
    }

    /**
     * One definition for each of the user's services that has such methods.
     *
     * @throws HippoFailure if a method's topic is bound to another contract, or the method streams
     */
    List<ServerServiceDefinition> definitions(ContractCatalog contracts) throws HippoFailure {
        List<ServerServiceDefinition> definitions = new ArrayList<>();
        for (ServiceDescriptor service : contracts.services()) {
            Map<MethodDescriptor, DoorTopic> published = new LinkedHashMap<>();
            for (MethodDescriptor method : service.getMethods()) {
                String name = method.getOptions().getExtension(OptionsProto.publish);
                DoorTopic topic = topics.find(name);
                if (topic != null) {
                    requireFit(method, topic);
                    published.put(method, topic);
                }
            }
            if (!published.isEmpty()) {
                definitions.add(definition(service, published));
            }
        }
        return definitions;
    }

    private static void requireFit(MethodDescriptor method, DoorTopic topic) throws HippoFailure {
        String takes = method.getInputType().getFullName();
        if (!takes.equals(topic.contract().name())) {
            throw new HippoFailure("method " + method.getFullName() + " publishes " + takes + " to topic '"
                    + topic.name() + "', whose contract is " + topic.contract().name());
        }
        if (method.isClientStreaming() || method.isServerStreaming()) {
            throw new HippoFailure("method " + method.getFullName()
                    + " streams; a method with (hippo.publish) takes one event and gives one response. "
                    + "For streams use hippo.door.v1.Publisher/PublishStream");
        }
    }

    private ServerServiceDefinition definition(ServiceDescriptor service, Map<MethodDescriptor, DoorTopic> published) {
        io.grpc.ServiceDescriptor.Builder described = io.grpc.ServiceDescriptor.newBuilder(service.getFullName())
                .setSchemaDescriptor(new ServiceSchema(service));
        Map<io.grpc.MethodDescriptor<byte[], byte[]>, Handler> handlers = new LinkedHashMap<>();
        published.forEach((method, topic) -> {
            io.grpc.MethodDescriptor<byte[], byte[]> grpc = io.grpc.MethodDescriptor.<byte[], byte[]>newBuilder(
                            BytesMarshaller.INSTANCE, BytesMarshaller.INSTANCE)
                    .setType(MethodType.UNARY)
                    .setFullMethodName(
                            io.grpc.MethodDescriptor.generateFullMethodName(service.getFullName(), method.getName()))
                    .setSchemaDescriptor(new MethodSchema(method))
                    .build();
            described.addMethod(grpc);
            handlers.put(grpc, new Handler(topic, method.getOutputType()));
        });
        ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(described.build());
        handlers.forEach(
                (method, handler) -> definition.addMethod(method, ServerCalls.asyncUnaryCall(handler::publish)));
        return definition.build();
    }

    /** Publishes the requests of one method. */
    private final class Handler {
        private final DoorTopic topic;
        private final Descriptor response;

        Handler(DoorTopic topic, Descriptor response) {
            this.topic = topic;
            this.response = response;
        }

        void publish(byte[] request, StreamObserver<byte[]> answer) {
            Batch batch = intake.begin(topic, 1);
            intake.take(batch, 0, request, null, intake.ids().traceparent(), clock.instant());
            intake.sent(batch);
            batch.done().thenAccept(done -> {
                Refused refused = done.refusal(0);
                if (refused != null) {
                    answer.onError(GrpcFailures.of(refused));
                } else {
                    answer.onNext(accepted(done));
                    answer.onCompleted();
                }
            });
        }

        private byte[] accepted(Batch batch) {
            DynamicMessage.Builder message = DynamicMessage.newBuilder(response);
            for (FieldDescriptor field : response.getFields()) {
                if (field.isRepeated()) {
                    continue;
                }
                switch (field.getName().replace("_", "").toLowerCase(java.util.Locale.ROOT)) {
                    case "statuscode" -> number(message, field, 200);
                    case "partition" -> number(message, field, batch.partition(0));
                    case "offset" -> number(message, field, batch.offset(0));
                    case "message" -> text(message, field, "accepted");
                    case "topic" -> text(message, field, topic.name());
                    case "eventid" -> text(message, field, batch.id(0));
                    default -> {}
                }
            }
            return message.build().toByteArray();
        }

        private static void number(DynamicMessage.Builder message, FieldDescriptor field, long value) {
            switch (field.getJavaType()) {
                case INT -> message.setField(field, (int) value);
                case LONG -> message.setField(field, value);
                default -> {}
            }
        }

        private static void text(DynamicMessage.Builder message, FieldDescriptor field, String value) {
            if (field.getJavaType() == FieldDescriptor.JavaType.STRING) {
                message.setField(field, value);
            }
        }
    }

    private record ServiceSchema(ServiceDescriptor service) implements ProtoServiceDescriptorSupplier {
        @Override
        public ServiceDescriptor getServiceDescriptor() {
            return service;
        }

        @Override
        public FileDescriptor getFileDescriptor() {
            return service.getFile();
        }
    }

    private record MethodSchema(MethodDescriptor method) implements ProtoMethodDescriptorSupplier {
        @Override
        public MethodDescriptor getMethodDescriptor() {
            return method;
        }

        @Override
        public ServiceDescriptor getServiceDescriptor() {
            return method.getService();
        }

        @Override
        public FileDescriptor getFileDescriptor() {
            return method.getFile();
        }
    }
}
