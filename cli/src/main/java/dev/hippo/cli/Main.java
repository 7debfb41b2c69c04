// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.demo.DemoCommand;
import dev.hippo.kit.ServiceLog;
import dev.hippo.pipeline.Suggestion;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
            "Every command has --help with an example. Exit statuses: 0 done, 1 failed or findings, 2 wrong usage, 3 not running, 4 runs already."
        },
        subcommands = {
            CheckCommand.class,
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            LogsCommand.class,
            SendCommand.class,
            TailCommand.class,
            QueryCommand.class,
            TopicsCommand.class,
            NewCommand.class,
            DemoCommand.class
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    public static void main(String[] args) {
        System.exit(run(args));
    }

    /** Runs one command line and returns its exit status. */
    static int run(String... args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        return new CommandLine(new Main())
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
            err.println("hippo: " + e.getMessage());
            err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'");
        }
        return ExitStatus.USAGE;
    }

    private static int failed(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        if (e instanceof CommandFailure failure) {
            command.getErr().println("hippo: " + failure.getMessage());
            return failure.status();
        }
        Throwable cause = e instanceof UncheckedIOException && e.getCause() != null ? e.getCause() : e;
        command.getErr().println("hippo: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()));
        if (System.getenv("HIPPO_TRACE") != null) {
            cause.printStackTrace(command.getErr());
        }
        return ExitStatus.FAILED;
    }
}
