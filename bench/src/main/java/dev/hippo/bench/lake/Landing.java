// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Watches a process fill a table, by the table's log and the system's account of the process. */
final class Landing {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long POLL_MILLIS = 20;
    private static final Duration MOST = Duration.ofMinutes(10);

    private final Path log;
    private final ProcessHandle process;
    private final Set<Path> seen = new HashSet<>();
    private long rows;
    private long bytes;
    private long peakMegabytes;

    Landing(Path table, ProcessHandle process) {
        this.log = table.resolve("_delta_log");
        this.process = process;
    }

    /** Where the landing is at a moment. */
    record Mark(long rows, long nanos, Duration cpu) {}

    /**
     * From the first commit to the last: what was before is starting and warming up.
     *
     * @param fileBytesPerRow size of the table's files
     * @param peakMegabytes most memory that the process has had
     */
    record Result(double rowsPerSecond, double cpuMicros, double fileBytesPerRow, long peakMegabytes) {}

    /** Waits until the table has more than so many rows. */
    Mark until(long wanted) throws IOException {
        long end = System.nanoTime() + MOST.toNanos();
        while (rows < wanted) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the process ended, or takes too long, at " + rows + " of " + wanted + " rows");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
            look();
        }
        return new Mark(
                rows, System.nanoTime(), process.info().totalCpuDuration().orElse(Duration.ZERO));
    }

    Result measure(long total) throws IOException {
        Mark first = until(1);
        Mark last = until(total);
        long landed = last.rows - first.rows;
        return new Result(
                landed * 1e9 / (last.nanos - first.nanos),
                last.cpu.minus(first.cpu).toNanos() / 1e3 / landed,
                (double) bytes / rows,
                peakMegabytes);
    }

    long rows() {
        return rows;
    }

    /** Memory that the process has now. */
    long megabytes() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
            }
        }
        return 0;
    }

    private void look() throws IOException {
        peakMegabytes = Math.max(peakMegabytes, megabytes());
        if (!Files.isDirectory(log)) {
            return;
        }
        List<Path> versions;
        try (Stream<Path> files = Files.list(log)) {
            versions = files.filter(file -> file.getFileName().toString().matches("\\d{20}\\.json"))
                    .filter(seen::add)
                    .toList();
        }
        for (Path version : versions) {
            for (String line : Files.readAllLines(version)) {
                JsonNode add = JSON.readTree(line).path("add");
                if (add.isObject()) {
                    rows += JSON.readTree(add.path("stats").asText())
                            .path("numRecords")
                            .asLong();
                    bytes += add.path("size").asLong();
                }
            }
        }
    }
}
