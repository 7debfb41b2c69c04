// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Shutdown;
import dev.hippo.pipeline.PipelineSpec;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops a pipeline that runs. */
@Command(
        name = "down",
        description = "Stop the pipeline: its supervisor and every process, also those that a killed supervisor left.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo down -f examples/flights"})
final class DownCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        int stopped = Shutdown.of(options.state(pipeline));
        spec.commandLine()
                .getOut()
                .println(
                        stopped == 0
                                ? "Pipeline '" + pipeline.name() + "' was not up."
                                : "Pipeline '" + pipeline.name() + "' is down.");
        return ExitStatus.OK;
    }
}
