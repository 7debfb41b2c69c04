// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The door: one port for the user's gRPC services, the generic publisher, HTTP/JSON, gRPC-Web, reflection, health, metrics and the docs page. */
final class FrontierService implements HippoService {
    /** The largest request; a batch of events that is larger is cut by the client. */
    private static final int MAX_REQUEST_BYTES = 16 << 20;

    private final HippoContext context;
    private @Nullable Intake intake;
    private @Nullable Server server;

    FrontierService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws HippoFailure {
        DoorTopics topics = new DoorTopics(context);
        Intake taking = new Intake(context);
        intake = taking;
        for (DoorTopic topic : topics.all()) {
            // compiled before the first event needs them
            topic.contract().rules().check(new byte[0]);
        }
        warm(topics, taking);
        GrpcServiceBuilder grpc = GrpcService.builder()
                .addService(new PublisherMethods(topics, taking, context.clock()).definition())
                .addService(ProtoReflectionServiceV1.newInstance())
                .supportedSerializationFormats(
                        GrpcSerializationFormats.PROTO,
                        GrpcSerializationFormats.PROTO_WEB,
                        GrpcSerializationFormats.PROTO_WEB_TEXT)
                .maxRequestMessageLength(MAX_REQUEST_BYTES)
                .useClientTimeoutHeader(false)
                .enableHealthCheckService(true);
        for (ServerServiceDefinition service :
                new ContractMethods(topics, taking, context.clock()).definitions(context.contracts())) {
            grpc.addService(service);
        }
        ServerBuilder builder = Server.builder()
                .http(new InetSocketAddress(
                        context.hippo().host(), context.hippo().port()))
                .maxRequestLength(0)
                // streams live as long as they like; each request has its own deadline in Intake
                .requestTimeout(Duration.ZERO)
                .idleTimeout(Duration.ofMinutes(5))
                .gracefulShutdownTimeout(Duration.ofMillis(100), Duration.ofSeconds(10))
                .service(grpc.build())
                .service("/topics/{topic}", new HttpTopics(topics, taking, context.clock(), MAX_REQUEST_BYTES))
                .service("/health", (ctx, request) -> text(MediaType.JSON, context.healthJson()))
                .service("/metrics", (ctx, request) -> text(MediaType.PLAIN_TEXT_UTF_8, context.metricsText()))
                .serviceUnder("/docs", new DocService());
        Server started = builder.build();
        server = started;
        try {
            started.start().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new HippoFailure(
                    "cannot listen on " + context.hippo().host() + ":"
                            + context.hippo().port() + ": " + cause.getMessage()
                            + "; stop what holds the port, or give the hippo another 'port'",
                    e);
        }
    }

    private void warm(DoorTopics topics, Intake taking) throws HippoFailure {
        long end = context.clock().millis() + Duration.ofSeconds(30).toMillis();
        for (DoorTopic topic : topics.all()) {
            while (true) {
                try {
                    taking.warm(topic.name());
                    break;
                } catch (KafkaException e) {
                    if (context.clock().millis() > end) {
                        throw new HippoFailure(
                                "topic '" + topic.name() + "' cannot be reached at "
                                        + context.kafka().bootstrapServers() + ": " + e.getMessage(),
                                e);
                    }
                }
            }
        }
    }

    private static HttpResponse text(MediaType type, String text) {
        return HttpResponse.of(HttpStatus.OK, type, HttpData.ofUtf8(text));
    }

    @Override
    public OptionalInt httpPort() {
        Server running = server;
        return running == null ? OptionalInt.empty() : OptionalInt.of(running.activeLocalPort());
    }

    @Override
    public void stop() {
        if (server != null) {
            server.stop().join();
        }
        if (intake != null) {
            intake.close();
        }
    }
}
