// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * How long {@code hippo up} takes until all of {@code examples/flights} is healthy, on a built tree: with a new state folder, where Flink plans the SQL for the
 * check and Kafka is empty, and again with the same folder. Prints the median of each step and the processor time that it cost, which tells what bounds it.
 * Run from the root of the repository.
 */
public final class UpBench {
    private static final int ROUNDS = Integer.getInteger("hippo.bench.rounds", 5);

    private UpBench() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // builds what has changed, so that no start does
        new ProcessBuilder("./hippo", "--version")
                .inheritIO()
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        List<Start> first = new ArrayList<>();
        List<Start> again = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            Path state = Files.createTempDirectory("up-bench");
            try {
                first.add(Start.of(state));
                again.add(Start.of(state));
            } finally {
                delete(state);
            }
        }
        System.out.printf(
                Locale.ROOT,
                "`hippo up -f examples/flights`, %d starts each, medians; seconds since the command%n%n",
                ROUNDS);
        System.out.println("| step | new state folder | again |");
        System.out.println("| --- | ---: | ---: |");
        for (String step : first.get(0).at().keySet()) {
            System.out.printf(Locale.ROOT, "| %s | %.1f | %.1f |%n", step, median(first, step), median(again, step));
        }
        for (String process : first.get(0).cpu().keySet()) {
            System.out.printf(
                    Locale.ROOT,
                    "| processor seconds of %s | %.1f | %.1f |%n",
                    process,
                    median(first.stream().map(start -> start.cpu().getOrDefault(process, 0.0))),
                    median(again.stream().map(start -> start.cpu().getOrDefault(process, 0.0))));
        }
        int cores = Runtime.getRuntime().availableProcessors();
        System.out.printf(
                Locale.ROOT,
                "%nOf the %d cores, %.0f %% were busy with it (%.0f %% again): the nearer to 100, the more it is bound by JVMs that load and compile classes.%n",
                cores,
                busy(first, cores),
                busy(again, cores));
    }

    private static double busy(List<Start> starts, int cores) {
        return 100 * median(starts.stream().map(Start::allCpu)) / cores / median(starts, Start.HEALTHY);
    }

    private static double median(List<Start> starts, String step) {
        return median(starts.stream().map(start -> start.at().getOrDefault(step, Double.NaN)));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
