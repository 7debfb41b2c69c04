// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.demo.DemoCommand;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaUnavailable;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code hippo} command: finds the subcommand, runs it, and says in one line what went wrong. */
@Command(
        name = "hippo",
        description = "End-to-end data pipelines as supervised services.%n",
        mixinStandardHelpOptions = true,
        version = "hippo 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Begin with 'hippo demo', or 'hippo new my-pipeline'.",
            "Every command has --help with an example. Exit statuses: 0 done, 1 failed or findings, 2 wrong usage, 3 not running, 4 is there already."
        },
        subcommands = {
            CheckCommand.class,
            UpCommand.class,
            AgentCommand.class,
            DownCommand.class,
            ServiceOrderCommand.Stop.class,
            ServiceOrderCommand.Start.class,
            ServiceOrderCommand.Restart.class,
            StatusCommand.class,
            SourcesCommand.class,
            SnapshotCommand.class,
            VerifyCommand.class,
            LogsCommand.class,
            SendCommand.class,
            TailCommand.class,
            QueryCommand.class,
            TopicsCommand.class,
            NoticeCommand.class,
            MissionsCommand.class,
            ShowMissionCommand.class,
            RunCommand.class,
            RetryCommand.class,
            CancelCommand.class,
            RulesCommand.class,
            BackfillCommand.class,
            ReplayCommand.class,
            TraceCommand.class,
            WhyCommand.class,
            DoctorCommand.class,
            NewCommand.class,
            ImportCommand.class,
            DemoCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return run(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
    }

    /** Runs one command line and returns its exit status. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return commandLine()
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler(Main::failed)
                .setExecutionStrategy(parsed -> {
                    if (parsed.hasSubcommand() && !parsed.subcommand().isUsageHelpRequested()) {
                        ServiceLog.silent();
                    }
                    return new CommandLine.RunLast().execute(parsed);
                })
                .execute(args);
    }

    /** The command with its subcommands, each of which knows the version too. */
    static CommandLine commandLine() {
        CommandLine hippo = new CommandLine(new Main());
        version(hippo, hippo.getCommandSpec().version());
        return hippo;
    }

    private static void version(CommandLine command, String[] version) {
        command.getCommandSpec().version(version);
        command.getSubcommands().values().forEach(below -> version(below, version));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int wrongUsage(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (e instanceof UnmatchedArgumentException unmatched
                && command.getParent() == null
                && !unmatched.getUnmatched().isEmpty()
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            String word = unmatched.getUnmatched().get(0);
            err.println("hippo: there is no command '" + word + "'; "
                    + Suggestion.hint(word, command.getSubcommands().keySet()));
        } else {
            err.println("hippo: " + said(e));
            err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'");
        }
        return ExitStatus.USAGE;
    }

    private static String said(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> words = unmatched.getUnmatched();
            String first = words.isEmpty() ? "" : words.get(0);
            if (!first.startsWith("-")) {
                return "'" + first + "' is one argument too many";
            }
        }
        return String.valueOf(e.getMessage());
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (e instanceof CommandFailure failure) {
            command.getErr().println("hippo: " + failure.getMessage());
            return failure.status();
        }
        if (e instanceof KafkaUnavailable unavailable) {
            command.getErr().println("hippo: " + unavailable.getMessage());
            return ExitStatus.UNAVAILABLE;
        }
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        command.getErr().println("hippo: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()));
        if (System.getenv("HIPPO_TRACE") != null) {
            cause.printStackTrace(command.getErr());
        }
        return ExitStatus.FAILED;
    }
}
