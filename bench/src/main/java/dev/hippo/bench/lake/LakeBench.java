// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import dev.hippo.bench.BenchPipeline;
import dev.hippo.bench.lake.Landing.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Measures the lake writer, a plain Kernel loop and a bare consumer in turns on the same topic, and prints a Markdown table of medians; then kills the
 * writer at a third of the topic, starts it again, and prints its memory while it catches up. Broker and writers are processes of their own, each new in each
 * round. Arguments: the lib folder, events (3,000,000), rounds (5).
 */
public final class LakeBench {
    private static final int BACKLOG_LINES = 12;

    private final LakeProcesses processes;
    private final long events;
    private final double bytesPerEvent;
    private final Map<String, List<Result>> results = new LinkedHashMap<>();

    private LakeBench(LakeProcesses processes, long events, double bytesPerEvent) {
        this.processes = processes;
        this.events = events;
        this.bytesPerEvent = bytesPerEvent;
    }

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib");
        long events = args.length > 1 ? Long.parseLong(args[1]) : 3_000_000;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        try (LakeProcesses processes = new LakeProcesses(lib)) {
            LakeBench bench = new LakeBench(processes, events, (double) processes.fill(events) / events);
            for (int round = 0; round < rounds; round++) {
                bench.round();
            }
            bench.print();
            bench.backlog();
        }
    }

    private void round() throws Exception {
        take("bare consumer", drain());
        Process plain = processes.plainLoop();
        try {
            take("plain Kernel loop", new Landing(processes.plainTable(), plain.toHandle()).measure(events));
        } finally {
            BenchPipeline.stop(plain);
            BenchPipeline.remove(processes.plainTable());
        }
        Process lake = processes.lake();
        try {
            take("lake writer", new Landing(processes.lakeTable(), lake.toHandle()).measure(events));
        } finally {
            BenchPipeline.stop(lake);
            BenchPipeline.remove(processes.lakeTable());
        }
    }

    private void take(String what, Result result) {
        System.err.println(line(what, result));
        results.computeIfAbsent(what, w -> new ArrayList<>()).add(result);
    }

    private Result drain() {
        ProcessHandle self = ProcessHandle.current();
        try (KafkaConsumer<byte[], byte[]> consumer =
                PlainKernelLoop.consumer(processes.bootstrapServers(), LakeProcesses.TOPIC)) {
            long rows = 0;
            Duration cpu = self.info().totalCpuDuration().orElse(Duration.ZERO);
            long begun = System.nanoTime();
            while (rows < events) {
                rows += consumer.poll(Duration.ofMillis(100)).count();
            }
            double micros = self.info()
                            .totalCpuDuration()
                            .orElse(Duration.ZERO)
                            .minus(cpu)
                            .toNanos()
                    / 1e3
                    / rows;
            return new Result(rows * 1e9 / (System.nanoTime() - begun), micros, 0, 0);
        }
    }

    private void print() {
        System.out.printf(Locale.ROOT, "%n%,d events of %.0f bytes, commits of 16 MiB%n%n", events, bytesPerEvent);
        System.out.println(
                "| what | rows/s | MB/s of events | CPU us/row | rows/s a core | file bytes/row | peak MB |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        results.forEach((what, all) -> System.out.println(line(
                what,
                new Result(
                        median(all, Result::rowsPerSecond),
                        median(all, Result::cpuMicros),
                        median(all, Result::fileBytesPerRow),
                        (long) median(all, Result::peakMegabytes)))));
    }

    private String line(String what, Result result) {
        return String.format(
                Locale.ROOT,
                "| %s | %,.0f | %.1f | %.2f | %,.0f | %.1f | %d |",
                what,
                result.rowsPerSecond(),
                result.rowsPerSecond() * bytesPerEvent / 1e6,
                result.cpuMicros(),
                1e6 / result.cpuMicros(),
                result.fileBytesPerRow(),
                result.peakMegabytes());
    }

    private static double median(List<Result> results, ToDoubleFunction<Result> value) {
        double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** Kills the writer at a third, starts it again and tells its memory until it has reached the present. */
    private void backlog() throws Exception {
        Process killed = processes.lake();
        new Landing(processes.lakeTable(), killed.toHandle()).until(events / 3);
        killed.destroyForcibly().waitFor();
        System.out.printf(
                "%nKilled with -9 at a third, and started again:%n%n| rows in the table | memory MB |%n| ---: | ---: |%n");
        Process again = processes.lake();
        try {
            Landing landing = new Landing(processes.lakeTable(), again.toHandle());
            landing.until(1);
            long before = landing.rows();
            for (int i = 1; i <= BACKLOG_LINES; i++) {
                landing.until(before + (events - before) * i / BACKLOG_LINES);
                System.out.printf(Locale.ROOT, "| %,d | %d |%n", landing.rows(), landing.megabytes());
            }
        } finally {
            BenchPipeline.stop(again);
        }
        Landing end = new Landing(processes.lakeTable(), ProcessHandle.current());
        end.until(events);
        System.out.printf(Locale.ROOT, "%nIn the table at the end: %,d of %,d%n", end.rows(), events);
    }
}
