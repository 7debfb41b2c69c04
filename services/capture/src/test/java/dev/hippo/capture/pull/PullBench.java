// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.ChangeListener;
import dev.hippo.capture.source.Position;
import dev.hippo.capture.source.RowChange;
import dev.hippo.capture.source.SnapshotListener;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.PipelineFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cycles of a synthetic source, without Kafka. Arguments: rows, cycles, whether the rows come shuffled, a folder. Of each later cycle one row of 1,000 is another one, and 100 are gone. */
final class PullBench {
    private static final long PRIME = 1_000_003;

    private PullBench() {}

    public static void main(String[] args) throws Exception {
        int rows = Integer.parseInt(args[0]);
        int cycles = Integer.parseInt(args[1]);
        boolean shuffled = Boolean.parseBoolean(args[2]);
        Path folder = Path.of(args[3]);
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/bench.proto"), """
                syntax = "proto3";
                package bench.v1;
                import "google/protobuf/timestamp.proto";
                message Row {
                  int64 id = 1; string name = 2; string price = 3; google.protobuf.Timestamp at = 4; int32 count = 5;
                  string text = 6;
                }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file, "pipeline: bench\ntopics:\n  rows: {contract: bench.v1.Row, key: id, changelog: true}\n");
        Contract contract = PipelineFile.read(file, null, Map.of())
                .spec()
                .contracts()
                .contract("bench.v1.Row")
                .orElseThrow();
        PullSettings settings = new PullSettings(
                "bench.rows",
                contract.descriptor(),
                List.of("id"),
                contract.key(List.of("id")),
                Duration.ZERO,
                false,
                folder.resolve("pull"));
        Synthetic scan = new Synthetic(rows, cycles, shuffled);
        CycleSource source = new CycleSource(settings, scan, to -> {}, InstantSource.system());
        Counting counting = new Counting(source);
        Position first = source.snapshot(source.tables(), counting);
        try {
            source.stream(first, counting);
        } catch (SourceFailure e) {
            System.out.println(e.getMessage());
        }
    }

    /** Stops when all cycles are over. */
    private static final class Synthetic implements Scan {
        private final int rows;
        private final int cycles;
        private final boolean shuffled;
        private int cycle;

        Synthetic(int rows, int cycles, boolean shuffled) {
            this.rows = rows;
            this.cycles = cycles;
            this.shuffled = shuffled;
        }

        @Override
        public void check() {}

        @Override
        public void read(RowListener to) throws SourceFailure, InterruptedException {
            if (cycle++ == cycles) {
                throw new SourceFailure(SourceFailure.Kind.SETTING, "done");
            }
            Instant at = Instant.parse("2026-11-21T10:00:00.123456Z");
            for (int i = 0; i < rows; i++) {
                long id = 100_000_000L + (shuffled ? i * PRIME % rows : i);
                if (id % rows < 100L * (cycle - 1)) {
                    continue;
                }
                boolean other = id % 1_000 == cycle;
                @Nullable
                Object[] values = {
                    id, "name of " + id, other ? "9.99" : "12.50", at, 7, "some further text of the row " + id
                };
                to.row(i + 1L, values);
            }
        }

        @Override
        public String describe(long place) {
            return "row " + place;
        }

        @Override
        public void close() {}
    }

    /** Takes all, and says what a cycle cost. */
    private static final class Counting implements ChangeListener, SnapshotListener {
        private final CycleSource source;
        private long changes;
        private long cpu = cpu();
        private Instant began = InstantSource.system().instant();
        private @Nullable Position at;

        Counting(CycleSource source) {
            this.source = source;
        }

        private static long cpu() {
            return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                    .getProcessCpuTime();
        }

        private void ended(Position position) {
            Instant now = InstantSource.system().instant();
            System.out.printf(
                    "%s: %d changes, all %.1f s, cpu %.1f s, %s%n",
                    source.describe(position),
                    changes,
                    Duration.between(began, now).toMillis() / 1e3,
                    (cpu() - cpu) / 1e9,
                    resident());
            changes = 0;
            cpu = cpu();
            began = now;
            Thread storing = new Thread(() -> source.stored(position));
            storing.start();
        }

        private static String resident() {
            try {
                return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS") || line.startsWith("VmHWM"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList()
                        .toString();
            } catch (IOException e) {
                return e.toString();
            }
        }

        @Override
        public void begin(String id, Instant committedAt) {}

        @Override
        public void change(RowChange change) {
            changes++;
        }

        @Override
        public void commit(Position behind) {
            ended(behind);
        }

        @Override
        public void advanced(Position to) {
            ended(to);
        }

        @Override
        public void begin(Position position, Instant takenAt) {
            at = position;
        }

        @Override
        public void table(SourceTable table) {}

        @Override
        public void row(RowChange read) {
            changes++;
        }

        @Override
        public void end() {
            Position position = at;
            if (position != null) {
                ended(position);
            }
        }
    }
}
