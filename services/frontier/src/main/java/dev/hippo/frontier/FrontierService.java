// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.cors.CorsService;
import com.linecorp.armeria.server.cors.CorsServiceBuilder;
import com.linecorp.armeria.server.docs.DocService;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;
import dev.hippo.frontier.grpc.NoticesService;
import dev.hippo.frontier.grpc.OpenCalls;
import dev.hippo.frontier.grpc.PublisherService;
import dev.hippo.frontier.grpc.UserServices;
import dev.hippo.frontier.http.NoticeEndpoint;
import dev.hippo.frontier.http.TopicEndpoint;
import dev.hippo.frontier.publish.Publisher;
import dev.hippo.kit.HippoContext;
import dev.hippo.kit.HippoFailure;
import dev.hippo.kit.HippoService;
import dev.hippo.pipeline.HippoSettings;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The door: one port that takes events by gRPC, gRPC-Web and HTTP and answers when Kafka has them. */
public final class FrontierService implements HippoService {
    /** The largest request body, and the largest message of a stream. */
    static final int MAX_REQUEST_BYTES = 16 << 20;

    private static final MediaType METRICS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final HippoContext context;
    private final OpenCalls openCalls = new OpenCalls();
    private @Nullable Publisher publisher;
    private @Nullable Server server;

    public FrontierService(HippoContext context) {
        this.context = context;
    }

    @Override
    public void start() throws HippoFailure {
        Publisher started = Publisher.start(context);
        publisher = started;
        Server opening = server(started);
        server = opening;
        try {
            opening.start().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new HippoFailure(
                    "the door cannot listen on " + context.hippo().host() + ":"
                            + context.hippo().port() + ": " + cause.getMessage() + "; is the port in use?",
                    cause);
        }
    }

    private Server server(Publisher to) throws HippoFailure {
        Duration deadline =
                context.hippo().settings(HippoSettings.Frontier.class).deadline();
        GrpcServiceBuilder grpc = GrpcService.builder()
                .supportedSerializationFormats(
                        GrpcSerializationFormats.PROTO,
                        GrpcSerializationFormats.PROTO_WEB,
                        GrpcSerializationFormats.PROTO_WEB_TEXT)
                .maxRequestMessageLength(MAX_REQUEST_BYTES)
                .enableHealthCheckService(true)
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(new PublisherService(to, openCalls).definition())
                .addService(new NoticesService(to, openCalls).definition());
        new UserServices(to, openCalls, context.pipeline())
                .definitions(context.contracts())
                .forEach(grpc::addService);
        ServerBuilder builder = Server.builder()
                .http(new InetSocketAddress(
                        context.hippo().host(), context.hippo().port()))
                // streams stay open and are long in sum; each message has its own limit and deadline
                .requestTimeoutMillis(0)
                .maxRequestLength(0)
                .gracefulShutdownTimeout(Duration.ofMillis(50), deadline.plusSeconds(1))
                .service(grpc.build())
                .service("/topics/{topic}", new TopicEndpoint(to, MAX_REQUEST_BYTES, deadline))
                .service("/notices/{topic}", new NoticeEndpoint(to, MAX_REQUEST_BYTES, deadline))
                .service(
                        "/contracts",
                        (ctx, req) -> HttpResponse.of(
                                HttpStatus.OK,
                                MediaType.PROTOBUF,
                                context.contracts().descriptorSet().toByteArray()))
                .service("/health", (ctx, req) -> HttpResponse.of(HttpStatus.OK, MediaType.JSON, context.healthJson()))
                .service("/metrics", (ctx, req) -> HttpResponse.of(HttpStatus.OK, METRICS, context.metricsText()))
                .serviceUnder("/docs", new DocService());
        List<String> origins =
                context.hippo().settings(HippoSettings.Frontier.class).origins();
        if (!origins.isEmpty()) {
            builder.decorator(pages(origins));
        }
        return builder.build();
    }

    /** Lets the scripts of those web pages call all that the door has. */
    private static Function<? super HttpService, CorsService> pages(List<String> origins) {
        CorsServiceBuilder pages =
                origins.contains("*") ? CorsService.builderForAnyOrigin() : CorsService.builder(origins);
        return pages.allowRequestMethods(HttpMethod.GET, HttpMethod.POST, HttpMethod.DELETE)
                .allowAllRequestHeaders(true)
                .exposeHeaders("grpc-status", "grpc-message", "grpc-status-details-bin", "retry-after")
                .maxAge(Duration.ofHours(1))
                .newDecorator();
    }

    @Override
    public OptionalInt httpPort() {
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.activeLocalPort());
    }

    @Override
    public void stop() {
        openCalls.drain();
        if (server != null) {
            server.stop().join();
        }
        if (publisher != null) {
            publisher.stop();
        }
    }
}
