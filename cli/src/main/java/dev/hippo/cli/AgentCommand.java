// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.cli.supervisor.Agent;
import dev.hippo.cli.supervisor.Deployment;
import dev.hippo.kit.Whereabouts;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs on a host what the Doctor gives it. */
@Command(
        name = "agent",
        description = "Run on this host the services that the Doctor gives it, until Ctrl-C or 'hippo down'.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo agent -f /srv/shop --profile prod --label ssd --doctor"})
final class AgentCommand implements Callable<Integer> {
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}";

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--name", paramLabel = "NAME", description = "the agent's name (default: the host's)")
    private @Nullable String name;

    @Option(
            names = "--label",
            paramLabel = "LABEL",
            description = "what this host has, for hippos whose 'runsOn' asks for it; may be repeated")
    private Set<String> labels = new LinkedHashSet<>();

    @Option(names = "--doctor", description = "run a Doctor here too; of several one leads and the others stand by")
    private boolean doctor;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PipelineSpec pipeline = options.pipeline();
        if (pipeline.kafka() instanceof KafkaSpec.Embedded) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "agents meet in a Kafka that all hosts reach, and pipeline '" + pipeline.name()
                            + "' has an embedded one; name a cluster with kafka: {bootstrapServers: ...}, perhaps in a"
                            + " profile, or run everything here with 'hippo up'");
        }
        String called = name == null ? Whereabouts.host() : name;
        if (!called.matches(NAME)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "'" + called
                            + "' cannot be the name of an agent; use letters, digits, '.', '_' and '-', at most 100");
        }
        InstantSource clock = InstantSource.system();
        PipelineCheckRun check = PipelineCheckRun.of(options);
        check.findings().forEach(finding -> spec.commandLine().getErr().println(finding));
        if (check.hasErrors()) {
            return ExitStatus.FAILED;
        }
        StateFolder state = options.state(pipeline);
        ConsoleListener listener = new ConsoleListener(
                out,
                clock,
                check::accept,
                took -> out.printf(
                        "What agent '%s' has been given runs, after %.1f s.%n", called, took.toMillis() / 1000.0));
        out.printf("Agent '%s' of pipeline '%s'. Ctrl-C stops it and what it runs.%n", called, pipeline.name());
        return SupervisorRun.of(
                new Deployment(options.file(), options.profile(), pipeline, state),
                Agent.named(called, labels, doctor, state),
                clock,
                listener,
                spec.commandLine().getErr());
    }
}
