// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a mission. */
@Command(
        name = "cancel",
        description =
                "Cancel a mission that has not ended: its job gets TERM, and KILL 10 s later, with all that it has started.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo cancel 3f9a0c12d4e5a671"})
final class CancelCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "ID", description = "the mission's id, or its first digits")
    private String id = "";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        MissionTopic topic = new MissionTopic(options);
        Mission mission = topic.find(id);
        if (mission.status().isFinal()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "mission " + mission.id() + " has ended: "
                            + mission.status().word());
        }
        topic.send(new MissionCommand(
                WaitOption.newId(),
                mission.pipeline(),
                mission.hippo(),
                MissionCommand.Action.CANCEL,
                mission.id(),
                mission.partition(),
                mission.parameters()));
        Mission ended = topic.await(mission.hippo(), mission.id(), held -> {});
        spec.commandLine()
                .getOut()
                .println("mission " + ended.id() + " " + ended.status().word());
        return ExitStatus.OK;
    }
}
