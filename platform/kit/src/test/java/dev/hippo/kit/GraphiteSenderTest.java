// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hippo.pipeline.GraphiteSpec;
import dev.hippo.ports.StablePort;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What a server of Graphite's plain text protocol is sent. */
class GraphiteSenderTest {
    private static final int PATIENCE = 60_000;

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private static ServerSocket server(int port) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        server.setSoTimeout(PATIENCE);
        return server;
    }

    private static List<String> lines(ServerSocket server) throws IOException {
        try (Socket socket = server.accept();
                BufferedReader text =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
            socket.setSoTimeout(PATIENCE);
            return text.lines().toList();
        }
    }

    private static void awaitSent(ServerSocket server, Predicate<List<String>> wanted) {
        await().atMost(Duration.ofMillis(PATIENCE)).until(() -> wanted.test(lines(server)));
    }

    private GraphiteSender sender(int port, Duration every) {
        return GraphiteSender.of(
                new GraphiteSpec("127.0.0.1", port, every, "prod.hippo"),
                meters,
                "shop",
                "gate.1",
                () -> Instant.ofEpochSecond(1_800_000_000));
    }

    @Test
    void everyMeterIsALineForEachOfItsValues() throws Exception {
        meters.counter("hippo.door.events", "topic", "orders.v1", "outcome", "accepted")
                .increment(3);
        meters.gauge("hippo.lag.events", 7);
        meters.gauge("hippo.odd", Double.NaN);
        Timer latency = Timer.builder("hippo.query.latency")
                .publishPercentiles(0.5, 0.99)
                .register(meters);
        latency.record(250, TimeUnit.MILLISECONDS);
        latency.record(750, TimeUnit.MILLISECONDS);
        try (ServerSocket server = server(0);
                GraphiteSender sender = sender(server.getLocalPort(), Duration.ofMillis(200))) {
            sender.begin();
            List<String> lines = lines(server);
            String path = "prod.hippo.shop.gate_1.";
            assertThat(lines)
                    .contains(
                            path + "hippo_door_events_total.outcome.accepted.topic.orders_v1 3.0 1800000000",
                            path + "hippo_lag_events 7.0 1800000000",
                            path + "hippo_query_latency_seconds.count 2.0 1800000000",
                            path + "hippo_query_latency_seconds.sum 1.0 1800000000",
                            path + "hippo_query_latency_seconds.max 0.75 1800000000")
                    .anyMatch(line -> line.matches("\\S+hippo_query_latency_seconds\\.p50 0\\.2\\d+ 1800000000"))
                    .anyMatch(line -> line.matches("\\S+hippo_query_latency_seconds\\.p99 0\\.7\\d+ 1800000000"))
                    .noneMatch(line -> line.contains("NaN") || line.contains("hippo_odd"));
            meters.counter("hippo.door.events", "topic", "orders.v1", "outcome", "accepted")
                    .increment();
            // others may have been sent before that
            awaitSent(
                    server,
                    sent -> sent.contains(
                            path + "hippo_door_events_total.outcome.accepted.topic.orders_v1 4.0 1800000000"));
        }
    }

    @Test
    void aMeterThatCannotBeReadCostsItsOwnLinesAlone() throws Exception {
        meters.gauge("hippo.lag.events", 7);
        meters.more().counter("hippo.odd", List.of(), meters, any -> {
            throw new IllegalStateException("it has ended");
        });
        meters.gauge("hippo.zone", 8);
        try (ServerSocket server = server(0);
                GraphiteSender sender = sender(server.getLocalPort(), Duration.ofMillis(200))) {
            sender.begin();
            for (int sent = 0; sent < 2; sent++) {
                assertThat(lines(server))
                        .containsExactlyInAnyOrder(
                                "prod.hippo.shop.gate_1.hippo_lag_events 7.0 1800000000",
                                "prod.hippo.shop.gate_1.hippo_zone 8.0 1800000000");
            }
        }
    }

    @Test
    void aServerThatIsAwayOrDoesNotReadIsSentWhatIsTrueWhenItReadsAgain() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            meters.counter("hippo.many", "number", Integer.toString(i)).increment();
        }
        int port = StablePort.choose("127.0.0.1");
        // in which also a busy machine reads all of them
        try (GraphiteSender sender = sender(port, Duration.ofSeconds(2))) {
            sender.begin();
            try (ServerSocket deaf = server(port);
                    Socket never = deaf.accept();
                    Socket norNow = deaf.accept()) {
                assertThat(List.of(never, norNow)).allMatch(Socket::isConnected);
            }
            try (ServerSocket back = server(port)) {
                awaitSent(back, sent -> sent.size() >= 20_000);
            }
        }
    }
}
