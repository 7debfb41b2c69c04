// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.crontab.Crontab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes parts of a pipeline of what other programs know. */
@Command(
        name = "import",
        description = "Make parts of a pipeline of what is there already: a crontab, the tables of a database.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "KIND",
        subcommands = {ImportCommand.FromCrontab.class, ImportTablesCommand.class},
        footer = {
            "",
            "Example: hippo import crontab /etc/crontab-of-etl > hippos.yaml",
            "Example: hippo import tables jdbc:postgresql://127.0.0.1:5432/bank 'public.*' --user me > hippos.yaml"
        })
final class ImportCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "say what is imported: hippo import crontab FILE, or hippo import tables URL TABLE...");
    }

    /** Of a crontab. */
    @Command(
            name = "crontab",
            description = "Print a crontab (as 'crontab -l' shows it) as the hippos of a pipeline file.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo import crontab my-crontab --zone Europe/Zurich > hippos.yaml"})
    static final class FromCrontab implements Callable<Integer> {
        @Parameters(paramLabel = "FILE", description = "the crontab")
        private Path file = Path.of("");

        @Option(
                names = "--zone",
                paramLabel = "ZONE",
                description = "the time zone of its lines (default: this host's); CRON_TZ in the file goes before it")
        private @Nullable String zone;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            ZoneId of;
            try {
                of = zone == null ? ZoneId.systemDefault() : ZoneId.of(zone);
            } catch (DateTimeException e) {
                throw new CommandFailure(
                        ExitStatus.USAGE, "'" + zone + "' is no time zone; write one such as Europe/Zurich");
            }
            if (!Files.isReadable(file) || Files.isDirectory(file)) {
                throw new CommandFailure(ExitStatus.USAGE, "there is no file '" + file + "' that can be read");
            }
            List<String> lines = Files.readAllLines(file);
            Crontab crontab = Crontab.read(file.toString(), lines, of);
            spec.commandLine().getOut().print(crontab.yaml());
            spec.commandLine().getOut().flush();
            crontab.findings().forEach(spec.commandLine().getErr()::println);
            spec.commandLine()
                    .getErr()
                    .println("hippo: " + crontab.jobs() + " jobs were carried over, "
                            + crontab.findings().size() + " lines need a look");
            return crontab.findings().isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
        }
    }
}
