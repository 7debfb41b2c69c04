// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Agent;
import dev.hippo.cli.supervisor.Deployment;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts a pipeline and looks after it until it is stopped. */
@Command(
        name = "up",
        description = "Start the pipeline and look after it until Ctrl-C or 'hippo down'.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo up -f examples/flights"})
final class UpCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        PipelineSpec pipeline = options.pipeline();
        PipelineCheckRun check = PipelineCheckRun.of(options);
        check.findings().forEach(finding -> err.println(finding));
        if (check.hasErrors()) {
            return ExitStatus.FAILED;
        }
        InstantSource clock = InstantSource.system();
        ConsoleListener listener = new ConsoleListener(
                out,
                clock,
                check::accept,
                took -> out.printf(
                        "Pipeline '%s' is up: %d %s in %.1f s. Ctrl-C stops it; 'hippo status' and 'hippo logs' look inside.%n",
                        pipeline.name(),
                        pipeline.hippos().size(),
                        pipeline.hippos().size() == 1 ? "hippo" : "hippos",
                        took.toMillis() / 1000.0));
        StateFolder state = options.state(pipeline);
        return SupervisorRun.of(
                new Deployment(options.file(), options.profile(), pipeline, state),
                Agent.ofEverything(state, hasMissions(pipeline)),
                clock,
                listener,
                err);
    }

    /** Missions have a Doctor. */
    private static boolean hasMissions(PipelineSpec pipeline) {
        return pipeline.hippos().values().stream().anyMatch(hippo -> hippo.settings() instanceof HippoSettings.Batch);
    }
}
