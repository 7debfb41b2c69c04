// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.PipelineCheckRun.Scope;
import dev.hippo.pipeline.Finding;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Finds a user's mistakes before anything starts. */
@Command(
        name = "check",
        description =
                "Check the pipeline file, its contracts (also against what is stored) and its SQL. Starts nothing.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo check -f examples/flights --profile prod"})
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(
            names = "--databases",
            description = "ask the databases that are read whether their tables are there and fit their contracts")
    private boolean databases;

    @Option(names = "--json", description = "print the findings as JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        List<Finding> findings = PipelineCheckRun.of(options, databases ? Scope.DATABASES : Scope.FILES)
                .findings();
        long errors = findings.stream()
                .filter(f -> f.severity() == Finding.Severity.ERROR)
                .count();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(findings));
        } else {
            findings.forEach(out::println);
            out.println(
                    findings.isEmpty()
                            ? options.file() + ": no findings"
                            : errors
                                    + (errors == 1 ? " error, " : " errors, ")
                                    + (findings.size() - errors)
                                    + (findings.size() - errors == 1 ? " warning" : " warnings"));
        }
        return errors == 0 ? ExitStatus.OK : ExitStatus.FAILED;
    }
}
