// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.cli.supervisor.Installation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes contracts and a db-etl of the tables of a database. */
@Command(
        name = "tables",
        description = {
            "Write a contract for tables of a database, and print the lines of a pipeline file that capture them.",
            "The password is taken from the environment variable HIPPO_PASSWORD."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo import tables jdbc:mariadb://127.0.0.1:3306/ 'shop.*' --user me --package shop.v1"
        })
final class ImportTablesCommand implements Callable<Integer> {
    private static final Pattern PACKAGE = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)*");
    private static final Pattern URL = Pattern.compile("jdbc:(postgresql|mariadb|mysql):.*");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Parameters(index = "0", paramLabel = "URL", description = "the database, as JDBC has it")
    private String url = "";

    @Parameters(
            index = "1",
            arity = "1..*",
            paramLabel = "TABLE",
            description = "a table, SCHEMA.TABLE; * for any characters")
    private List<String> tables = List.of();

    @Option(names = "--user", paramLabel = "USER", description = "who logs in")
    private String user = "";

    @Option(
            names = "--package",
            paramLabel = "PACKAGE",
            description = "the package of the contracts (default: ${DEFAULT-VALUE})")
    private String pack = "database.v1";

    @Option(
            names = "--contracts",
            paramLabel = "FOLDER",
            description = "where the file is written (default: ${DEFAULT-VALUE})")
    private Path contracts = Path.of("contracts");

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!URL.matcher(url).matches()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "'" + url
                            + "' is no address of PostgreSQL, MariaDB or MySQL; write jdbc:postgresql://HOST:PORT/DATABASE, jdbc:mariadb://HOST:PORT/ or jdbc:mysql://HOST:PORT/");
        }
        if (!PACKAGE.matcher(pack).matches()) {
            throw new CommandFailure(ExitStatus.USAGE, "'" + pack + "' is no package; write one such as bank.v1");
        }
        Path file = contracts.resolve(pack.replace('.', '/') + ".proto");
        if (Files.exists(file)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    file + " is there already; take it away, or give another --package or --contracts");
        }
        JsonNode told = describe();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, told.path("proto").asText());
        spec.commandLine().getOut().print(told.path("yaml").asText());
        spec.commandLine().getOut().flush();
        told.path("notes").forEach(note -> spec.commandLine().getErr().println(note.asText()));
        spec.commandLine().getErr().println("hippo: wrote " + file);
        return told.path("notes").isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private JsonNode describe() throws IOException, InterruptedException {
        Installation home = Installation.ofThisProcess();
        ObjectNode asked = JSON.createObjectNode()
                .put("url", url)
                .put("user", user)
                .put("password", System.getenv().getOrDefault("HIPPO_PASSWORD", ""))
                .put("package", pack);
        tables.forEach(asked.putArray("tables")::add);
        Process process = new ProcessBuilder(
                        home.java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xshare:auto",
                        "-cp",
                        home.lib("capture") + "/*",
                        "dev.hippo.capture.describe.Main")
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(JSON.writeValueAsBytes(asked));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String failure = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure(ExitStatus.FAILED, failure.strip());
        }
        return JSON.readTree(said);
    }
}
