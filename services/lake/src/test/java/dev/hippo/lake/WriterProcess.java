// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** The real process of hippo {@code lake} of a pipeline file, started again and again. */
final class WriterProcess {
    private static final Duration LONG = Duration.ofMinutes(3);

    private final Path folder;
    private final TableReader table;

    /** @param folder with {@code pipeline.yaml} */
    WriterProcess(Path folder, String location) {
        this.folder = folder;
        this.table = new TableReader(location);
    }

    /** Starts it, and kills it when it has committed and then written a data file that no version names yet. */
    void killWhileItCommits() throws Exception {
        Process process = start();
        try {
            int commits = commits();
            Set<Path> left = unnamed();
            await().atMost(LONG)
                    // a file that went away while the folder was read
                    .ignoreExceptionsMatching(
                            e -> e instanceof UncheckedIOException || e instanceof NoSuchFileException)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !process.isAlive() || (commits() > commits && !left.containsAll(unnamed())));
            assertThat(process.isAlive()).as(this::output).isTrue();
        } finally {
            process.destroyForcibly();
            process.waitFor(2, TimeUnit.MINUTES);
        }
    }

    /** Starts it, and stops it when that is so. */
    void runUntil(Callable<Boolean> reached) throws Exception {
        Process process = start();
        try {
            await().atMost(LONG).until(() -> !process.isAlive() || reached.call());
            assertThat(process.isAlive()).as(this::output).isTrue();
        } finally {
            process.destroy();
            process.waitFor(2, TimeUnit.MINUTES);
        }
    }

    private int commits() throws Exception {
        return Files.isDirectory(table.log()) ? table.actions("txn").size() : 0;
    }

    /** Data files that are there and in no version, be it that the commit is still coming. */
    Set<Path> unnamed() throws Exception {
        if (!Files.isDirectory(table.log())) {
            return Set.of();
        }
        Set<Path> files = new HashSet<>(table.files());
        table.actions("add")
                .forEach(add ->
                        files.remove(table.log().resolveSibling(add.path("path").asText())));
        return files;
    }

    private Process start() throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.hippo.lake.Main",
                        "--pipeline",
                        folder.resolve("pipeline.yaml").toString(),
                        "--hippo",
                        "lake")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "output")))
                .start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
