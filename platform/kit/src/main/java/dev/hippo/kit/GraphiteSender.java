// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import dev.hippo.pipeline.GraphiteSpec;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.HistogramSupport;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends every meter of a process to a Graphite server at an interval, in its plain text protocol: {@code path value seconds}. Meters are read when they are sent, so that counting costs nothing
 * more. A server that is away, or does not read, costs metrics and nothing else: it has threads of its own, and a connection lives no longer than the interval.
 */
final class GraphiteSender implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GraphiteSender.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final GraphiteSpec server;
    private final MeterRegistry meters;
    private final String path;
    private final InstantSource clock;
    private final Duration patience;
    private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor(GraphiteSender::thread);
    private final ScheduledExecutorService limit = Executors.newSingleThreadScheduledExecutor(GraphiteSender::thread);
    private final Set<Meter.Id> unread = new HashSet<>();
    private boolean away;

    private GraphiteSender(GraphiteSpec server, MeterRegistry meters, String path, InstantSource clock) {
        this.server = server;
        this.meters = meters;
        this.path = path;
        this.clock = clock;
        this.patience = server.every().compareTo(PATIENCE) < 0 ? server.every() : PATIENCE;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "graphite");
        thread.setDaemon(true);
        return thread;
    }

    /** For the server that the pipeline names; null if it names none. */
    static @Nullable GraphiteSender of(HippoContext context) {
        return context.pipeline()
                .graphite()
                .map(server -> of(
                        server,
                        context.meters(),
                        context.pipeline().name(),
                        context.hippo().name(),
                        context.clock()))
                .orElse(null);
    }

    static GraphiteSender of(
            GraphiteSpec server, MeterRegistry meters, String pipeline, String hippo, InstantSource clock) {
        return new GraphiteSender(
                server, meters, server.prefix() + "." + word(pipeline) + "." + word(hippo) + ".", clock);
    }

    /** Begins to send. */
    void begin() {
        long every = server.every().toMillis();
        sender.scheduleAtFixedRate(this::send, every, every, TimeUnit.MILLISECONDS);
    }

    private void send() {
        try {
            send(lines().getBytes(StandardCharsets.UTF_8));
            if (away) {
                away = false;
                log.info("Graphite takes metrics again, server={}:{}", server.host(), server.port());
            }
        } catch (IOException | RuntimeException e) {
            if (!away) {
                away = true;
                log.warn(
                        "Graphite does not take metrics; the work goes on, server={}:{}, reason={}",
                        server.host(),
                        server.port(),
                        e.toString());
            }
        }
    }

    private void send(byte[] lines) throws IOException {
        try (Socket socket = new Socket()) {
            // what is written to a server that does not read would wait for ever
            Future<?> end = limit.schedule(() -> close(socket), patience.toMillis(), TimeUnit.MILLISECONDS);
            socket.connect(new InetSocketAddress(server.host(), server.port()), (int) patience.toMillis());
            socket.getOutputStream().write(lines);
            end.cancel(false);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("The connection did not end in order: {}", e.getMessage());
        }
    }

    private String lines() {
        String behind = " " + clock.instant().getEpochSecond() + "\n";
        StringBuilder lines = new StringBuilder();
        for (Meter meter : meters.getMeters()) {
            try {
                lines.append(lines(meter, behind));
            } catch (RuntimeException e) {
                if (unread.add(meter.getId())) {
                    log.warn(
                            "A metric cannot be read; the others are sent, metric={}, reason={}",
                            meter.getId().getName(),
                            e.toString());
                }
            }
        }
        return lines.toString();
    }

    private StringBuilder lines(Meter meter, String behind) {
        StringBuilder lines = new StringBuilder();
        StringBuilder name = new StringBuilder(path)
                .append(word(meter.getId().getConventionName(meters.config().namingConvention())))
                .append(meter.getId().getType() == Meter.Type.COUNTER ? "_total" : "");
        for (Tag tag : meter.getId().getTags()) {
            name.append('.').append(word(tag.getKey())).append('.').append(word(tag.getValue()));
        }
        boolean many = meter instanceof HistogramSupport;
        for (Measurement measurement : meter.measure()) {
            // a counter and a gauge have one value, which needs no name of its own
            String what = many ? "." + words(measurement.getStatistic()) : "";
            line(lines, name + what, measurement.getValue(), behind);
        }
        if (meter instanceof HistogramSupport summary) {
            HistogramSnapshot snapshot = summary.takeSnapshot();
            for (ValueAtPercentile each : snapshot.percentileValues()) {
                String percent = Double.toString(each.percentile() * 100).replaceFirst("\\.0$", "");
                line(
                        lines,
                        name + ".p" + word(percent),
                        meter instanceof Timer ? each.value(TimeUnit.SECONDS) : each.value(),
                        behind);
            }
        }
        return lines;
    }

    private static void line(StringBuilder lines, String name, double value, String behind) {
        if (Double.isFinite(value)) {
            lines.append(name).append(' ').append(value).append(behind);
        }
    }

    private static String words(Statistic statistic) {
        return statistic == Statistic.TOTAL_TIME ? "sum" : statistic.name().toLowerCase(Locale.ROOT);
    }

    /** One level of a path. */
    private static String word(String text) {
        return text.isEmpty() ? "_" : text.replaceAll("[^\\w-]", "_");
    }

    @Override
    public void close() {
        sender.shutdownNow();
        limit.shutdownNow();
    }
}
