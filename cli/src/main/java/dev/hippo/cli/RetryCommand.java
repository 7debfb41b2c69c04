// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Starts an ended mission again. */
@Command(
        name = "retry",
        description = "Start a mission that has ended again, as a new mission for the same trigger.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo retry 3f9a0c12d4e5a671 --wait"})
final class RetryCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "ID", description = "the mission's id, or its first digits")
    private String id = "";

    @Mixin
    private WaitOption waiting = new WaitOption();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        MissionTopic topic = new MissionTopic(options);
        Mission mission = topic.find(id);
        if (!mission.status().isFinal()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "mission " + mission.id() + " is " + mission.status().word()
                            + "; only one that has ended can be retried");
        }
        String next = WaitOption.newId();
        topic.send(new MissionCommand(
                next,
                mission.pipeline(),
                mission.hippo(),
                MissionCommand.Action.RETRY,
                mission.id(),
                mission.partition(),
                mission.parameters()));
        return waiting.report(topic, mission.hippo(), next, spec.commandLine());
    }
}
