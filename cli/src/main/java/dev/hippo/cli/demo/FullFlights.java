// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import dev.hippo.cli.CommandFailure;
import dev.hippo.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Gets the full set of flights from the npm package that carries it, once. */
final class FullFlights {
    private static final String PACKAGE = "vega-datasets@3.2.1";
    private static final String INSIDE = "package/data/flights-3m.parquet";

    private FullFlights() {}

    /** The file with three million flights. */
    static Path fetch(Path folder, PrintWriter out) throws IOException, InterruptedException {
        Path file = folder.resolve(INSIDE);
        if (Files.exists(file)) {
            return file;
        }
        Files.createDirectories(folder);
        out.println("Fetching the npm package " + PACKAGE + " (once) ...");
        String archive =
                run(folder, List.of("npm", "pack", PACKAGE, "--silent")).strip();
        String name = archive.substring(archive.lastIndexOf('\n') + 1);
        run(folder, List.of("tar", "-xzf", name, INSIDE));
        Files.deleteIfExists(folder.resolve(name));
        return file;
    }

    private static String run(Path folder, List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "'" + command.get(0)
                            + "' is not installed, and --full needs it; 'hippo demo' without --full does not");
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE, "the full set of flights could not be fetched: " + said.strip());
        }
        return said;
    }
}
