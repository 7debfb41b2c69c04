// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.PartitionValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a mission by hand. */
@Command(
        name = "run",
        description = "Start a mission of a hippo now.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo run nightly --partition yyyymm=201703 --parameter mode=full --wait"})
final class RunCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "HIPPO", description = "the hippo")
    private String hippo = "";

    @Option(
            names = "--partition",
            paramLabel = "COLUMN=VALUE",
            description = "what the mission is about; repeat it for more columns")
    private Map<String, String> partition = new LinkedHashMap<>();

    @Option(
            names = "--parameter",
            paramLabel = "NAME=VALUE",
            description = "given to the job as HIPPO_PARAMETER_NAME; repeat it for more")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Mixin
    private WaitOption waiting = new WaitOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        MissionTopic topic = new MissionTopic(options);
        String id = WaitOption.newId();
        topic.send(new MissionCommand(
                id,
                topic.pipeline().name(),
                topic.hippo(hippo),
                MissionCommand.Action.RUN,
                "",
                new PartitionValues(partition),
                parameters));
        return waiting.report(topic, hippo, id, spec.commandLine());
    }
}
