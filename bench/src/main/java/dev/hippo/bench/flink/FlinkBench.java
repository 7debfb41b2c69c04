// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.flink;

import dev.hippo.bench.BenchPipeline;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Measures a filter and a windowed count, each as a step and with Flink's own protobuf format, and a bare consumer, in turns on the same topic, and prints a
 * Markdown table of medians. Every job runs in a process of its own, new in each round, exactly once, with the same Flink. Arguments: the lib folder
 * (lib), events (16,000,000), rounds (5).
 */
public final class FlinkBench {
    private static final String DRAIN = "bare consumer";
    private static final List<String> JVM = List.of("-Xmx1g", "-XX:+UseParallelGC");

    /** What one run gave. */
    private record Result(double eventsPerSecond, double cpuMicros) {}

    private interface Start {
        Process now() throws IOException;
    }

    private final BenchPipeline pipeline;
    private final long events;
    private final Map<String, Long> expected;
    private final Map<String, List<Result>> results = new LinkedHashMap<>();

    private FlinkBench(BenchPipeline pipeline, long events) {
        this.pipeline = pipeline;
        this.events = events;
        this.expected = Sales.fill(pipeline.kafka(), events);
    }

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib").toAbsolutePath();
        long events = args.length > 1 ? Long.parseLong(args[1]) : 16_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        try (BenchPipeline pipeline =
                new BenchPipeline(FlinkBench.class, lib, "/sales.proto", "filter.sql", "count.sql")) {
            pipeline.startKafka();
            FlinkBench bench = new FlinkBench(pipeline, events);
            for (int round = 0; round < rounds; round++) {
                bench.take(DRAIN, bench.drain());
                bench.take("filter, Flink's protobuf format", bench.job("cheap", () -> bench.format("filter")));
                bench.take("filter, step", bench.job("cheap", () -> bench.step("filter")));
                bench.take(
                        "count by window, Flink's protobuf format", bench.job("counted", () -> bench.format("count")));
                bench.take("count by window, step", bench.job("counted", () -> bench.step("count")));
            }
            bench.print();
        }
    }

    /** A step, as {@code hippo up} starts it, from the beginning. */
    private Process step(String hippo) throws IOException {
        BenchPipeline.remove(pipeline.state().checkpoints(hippo));
        return pipeline.hippo("flink", hippo, JVM.toArray(String[]::new));
    }

    /** The same query with Flink's own format. */
    private Process format(String query) throws IOException {
        List<String> options = new ArrayList<>(JVM);
        options.add("-cp");
        options.add(String.join(
                File.pathSeparator, "bench/target/classes", "bench/target/formats/*", pipeline.classPath("flink")));
        Path state = pipeline.file("format-" + query);
        BenchPipeline.remove(state);
        return pipeline.java(
                "format",
                options,
                FormatJob.class.getName(),
                pipeline.bootstrapServers(),
                pipeline.file(query + ".sql").toString(),
                state.toString());
    }

    /** A consumer of all partitions, which also gives what is not committed yet. */
    private KafkaConsumer<byte[], byte[]> consumer(String topic, boolean fromEnd) {
        Map<String, Object> client = pipeline.kafka().clientProperties("bench");
        client.put("max.poll.records", 5_000);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        if (fromEnd) {
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        } else {
            consumer.seekToBeginning(partitions);
        }
        return consumer;
    }

    private void take(String what, Result result) {
        System.err.println(what + " " + result);
        results.computeIfAbsent(what, w -> new ArrayList<>()).add(result);
    }

    private Result drain() {
        ProcessHandle self = ProcessHandle.current();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("sales", false)) {
            long rows = consumer.poll(Duration.ofSeconds(10)).count();
            long before = rows;
            Duration cpu = cpu(self);
            long begun = System.nanoTime();
            while (rows < events) {
                rows += consumer.poll(Duration.ofMillis(100)).count();
            }
            return result(rows - before, System.nanoTime() - begun, cpu(self).minus(cpu));
        }
    }

    /** The second half of the results: the first warms the process up. */
    private Result job(String topic, Start start) throws IOException {
        long all = expected.getOrDefault(topic, 0L);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic, true)) {
            Process process = start.now();
            try {
                long before = 0;
                while (before < all / 2) {
                    before += poll(consumer, process);
                }
                long seen = before;
                Duration cpu = cpu(process.toHandle());
                long begun = System.nanoTime();
                while (seen < all) {
                    seen += poll(consumer, process);
                }
                long took = System.nanoTime() - begun;
                return result(
                        Math.round((double) events * (seen - before) / all),
                        took,
                        cpu(process.toHandle()).minus(cpu));
            } finally {
                BenchPipeline.stop(process);
            }
        }
    }

    private static int poll(KafkaConsumer<byte[], byte[]> consumer, Process process) {
        if (!process.isAlive()) {
            throw new IllegalStateException("the job's process ended with " + process.exitValue());
        }
        return consumer.poll(Duration.ofMillis(20)).count();
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static Result result(long events, long nanos, Duration cpu) {
        return new Result(events * 1e9 / nanos, cpu.toNanos() / 1e3 / events);
    }

    private void print() {
        double drain = median(results.getOrDefault(DRAIN, List.of()), Result::eventsPerSecond);
        System.out.printf(
                Locale.ROOT,
                "%,d events; %,d pass the filter; %,d counts%n%n",
                events,
                expected.get("cheap"),
                expected.get("counted"));
        System.out.println("| what | events/s | CPU us/event | of the drain | of Flink's format |");
        System.out.println("| --- | ---: | ---: | ---: | ---: |");
        double format = Double.NaN;
        for (Map.Entry<String, List<Result>> each : results.entrySet()) {
            double rate = median(each.getValue(), Result::eventsPerSecond);
            format = each.getKey().endsWith("step") ? format : rate;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,.0f | %.2f | %.2f | %s |%n",
                    each.getKey(),
                    rate,
                    median(each.getValue(), Result::cpuMicros),
                    rate / drain,
                    each.getKey().endsWith("step") ? String.format(Locale.ROOT, "%.2f", rate / format) : "");
        }
    }

    private static double median(List<Result> results, ToDoubleFunction<Result> value) {
        double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
