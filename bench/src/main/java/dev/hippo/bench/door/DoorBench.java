// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.door;

import dev.hippo.bench.BenchPipeline;
import dev.hippo.bench.door.Measured.Result;
import dev.hippo.bench.door.Payments.Payment;
import dev.hippo.wire.KafkaConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures the door's shapes and the bare producer in turns, in the same run, and prints a Markdown table of medians. Broker, door and
 * client are processes of their own. Arguments: the lib folder, seconds per run (5), rounds that count (5), part of a shape's name (all).
 */
public final class DoorBench {
    private static final int WARM_UP_ROUNDS = 4;

    private DoorBench() {}

    public static void main(String[] args) throws Exception {
        Path lib = Path.of(args.length > 0 ? args[0] : "lib");
        Duration time = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 5);
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        String only = args.length > 3 ? args[3] : "";
        List<Payment> payments = Payments.make();
        try (BenchPipeline pipeline = new BenchPipeline(DoorBench.class, lib, "bench.proto")) {
            KafkaConnection kafka = pipeline.startKafka();
            Process process = pipeline.ready("frontier", "gate", "-Xmx512m", "-XX:+UseParallelGC");
            DoorShapes door = new DoorShapes("http://127.0.0.1:" + pipeline.port("gate"), payments);
            List<Shape> shapes = new ArrayList<>(List.of(
                    door.stream("stream of batches of 100, rules", "ruled", 100, 20),
                    door.stream("stream of batches of 500, rules", "ruled", 500, 20),
                    door.stream("stream of batches of 500, no rules", "plain", 500, 20),
                    door.stream("stream of single events, rules", "ruled", 1, 2000),
                    door.batch("ruled", 100, 16),
                    door.unary("ruled", 256),
                    door.lines("ruled", 100, 16)));
            shapes.removeIf(shape -> {
                boolean unwanted = !shape.name().contains(only);
                if (unwanted) {
                    shape.close();
                }
                return unwanted;
            });
            shapes.add(0, BareProducer.plain(kafka, payments));
            shapes.add(1, BareProducer.withHeaders(kafka, payments));
            measure(process.toHandle(), shapes, time, rounds);
        }
    }

    private static void measure(ProcessHandle door, List<Shape> shapes, Duration time, int rounds)
            throws InterruptedException {
        Map<Shape, List<Row>> rows = new LinkedHashMap<>();
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            List<Double> bare = new ArrayList<>(2);
            for (Shape shape : shapes) {
                Duration cpu = cpu(door);
                Result result = shape.run(time);
                double doorMicros = cpu(door).minus(cpu).toNanos()
                        / 1e3
                        / Math.max(1, result.eventsPerSecond() * time.toMillis() / 1e3);
                if (shape instanceof BareProducer) {
                    bare.add(result.eventsPerSecond());
                }
                Row row = new Row(
                        result,
                        result.eventsPerSecond() / bare.get(0),
                        result.eventsPerSecond() / bare.get(bare.size() - 1),
                        doorMicros);
                System.err.printf(Locale.ROOT, "round %d  %s%n", round, row.text(shape.name()));
                if (round >= 0) {
                    rows.computeIfAbsent(shape, s -> new ArrayList<>()).add(row);
                }
            }
        }
        System.out.println(
                "| shape | events/s | of the bare producer | of the same with the door's headers | p50 ms | p99 ms | door CPU us/event | refused |");
        System.out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        rows.forEach((shape, all) -> System.out.println(Row.median(all).text(shape.name())));
        shapes.forEach(Shape::close);
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** One line of the table. */
    private record Row(Result result, double ofBare, double ofSameRecords, double doorMicros) {
        String text(String name) {
            return String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.2f | %.2f | %.1f | %.1f | %.2f | %d |",
                    name,
                    result.eventsPerSecond(),
                    ofBare,
                    ofSameRecords,
                    result.p50Millis(),
                    result.p99Millis(),
                    doorMicros,
                    result.refused());
        }

        static Row median(List<Row> rows) {
            return new Row(
                    new Result(
                            median(rows, row -> row.result.eventsPerSecond()),
                            median(rows, row -> row.result.p50Millis()),
                            median(rows, row -> row.result.p99Millis()),
                            rows.stream().mapToLong(row -> row.result.refused()).sum()),
                    median(rows, Row::ofBare),
                    median(rows, Row::ofSameRecords),
                    median(rows, Row::doorMicros));
        }

        private static double median(List<Row> rows, ToDoubleFunction<Row> value) {
            double[] sorted = rows.stream().mapToDouble(value).sorted().toArray();
            return sorted[sorted.length / 2];
        }
    }
}
