// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a small pipeline that works. */
@Command(
        name = "new",
        description = "Make a folder with a small pipeline that works: a contract, a door, a table, a query service.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo new weather && cd weather && hippo up"})
final class NewCommand implements Callable<Integer> {
    private static final List<String> FILES = List.of("pipeline.yaml", "contracts/measurement.proto", "README.md");
    private static final List<String> CLASSIC = List.of(
            "pipeline.yaml",
            "etc/env.cfg",
            "bin/start-client.sh",
            "bin/start-spark.sh",
            "client-app/ClientApp.java",
            "spark-app/spark_app.py",
            "README.md");

    @Parameters(paramLabel = "FOLDER", description = "the folder to make; its name becomes the pipeline's")
    private Path folder = Path.of(".");

    @Option(
            names = "--classic",
            description = "a hippo in the classic layout: start-client.sh, start-spark.sh, client app and Spark app")
    private boolean classic;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
        if (!name.matches("[A-Za-z][A-Za-z0-9_-]{0,62}")) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "'" + name
                            + "' cannot be a pipeline's name; begin with a letter and use letters, digits, '_' and '-'");
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new CommandFailure(ExitStatus.ALREADY, folder + " is there already, and no folder");
        }
        if (Files.exists(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new CommandFailure(ExitStatus.ALREADY, folder + " is there already and not empty");
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        for (String file : classic ? CLASSIC : FILES) {
            Path to = folder.resolve(file);
            Files.createDirectories(to.toAbsolutePath().getParent());
            Files.writeString(to, template((classic ? "classic/" : "") + file, name));
            if (file.endsWith(".sh") && !to.toFile().setExecutable(true)) {
                throw new IOException(to + " cannot be made executable");
            }
            out.println("made " + to);
        }
        out.println("Now: cd " + folder + " && " + (classic ? "bin/start-client.sh" : "hippo up"));
        return ExitStatus.OK;
    }

    /** The command that this is, for scripts. */
    private static String launcher() {
        String home = System.getProperty("hippo.home");
        return home == null
                ? "hippo"
                : Path.of(home).toAbsolutePath().resolve("hippo").toString();
    }

    private static String template(String file, String name) throws IOException {
        try (InputStream in = NewCommand.class.getResourceAsStream("template/" + file)) {
            if (in == null) {
                throw new IllegalStateException("template " + file + " is missing from the command line's jar");
            }
            String packageName = name.toLowerCase(Locale.ROOT).replace('-', '_');
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("NAME_PACKAGE", packageName)
                    .replace("INSTALLATION", launcher())
                    .replace("NAME", name);
        }
    }
}
