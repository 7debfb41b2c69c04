// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.mission.Mission;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one mission. */
@Command(
        name = "mission",
        description = "Show one mission: what started it, how it ended, and the output of its last attempt.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo mission 3f9a0c12d4e5a671 --log"})
final class ShowMissionCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "ID", description = "the mission's id, or its first digits")
    private String id = "";

    @Option(names = "--log", description = "print the output of the last attempt")
    private boolean log;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        MissionTopic topic = new MissionTopic(options);
        Mission mission = topic.find(id);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(mission.toJson().toPrettyString());
            return ExitStatus.OK;
        }
        StateFolder state = options.state(topic.pipeline());
        Path output = state.missions(mission.hippo()).resolve(mission.log());
        if (log) {
            if (mission.log().isEmpty() || !Files.isRegularFile(output)) {
                throw new CommandFailure(ExitStatus.FAILED, "mission " + mission.id() + " has no output on this host");
            }
            try (Stream<String> lines = Files.lines(output)) {
                lines.forEach(out::println);
            }
            return ExitStatus.OK;
        }
        print(out, mission, output);
        return ExitStatus.OK;
    }

    private static void print(PrintWriter out, Mission mission, Path output) {
        line(out, "mission", mission.id());
        line(out, "hippo", mission.hippo());
        line(out, "status", mission.status().word());
        line(out, "partition", mission.partition().toString());
        line(out, "started by", mission.trigger().rule());
        mission.trigger().sources().forEach(source -> line(out, "message", source.place() + "  " + source.message()));
        mission.parameters().forEach((name, value) -> line(out, "parameter", name + "=" + value));
        line(out, "attempts", Integer.toString(mission.attempt()));
        line(out, "accepted", MissionsCommand.time(mission.createdAt()));
        line(out, "started", MissionsCommand.time(mission.startedAt()));
        line(out, "finished", MissionsCommand.time(mission.finishedAt()));
        line(out, "took", MissionsCommand.took(mission));
        line(out, "next at", MissionsCommand.time(mission.dueAt()));
        line(out, "output", mission.log().isEmpty() ? "" : output.toString());
        mission.result().properties().forEach(field -> line(out, field.getKey(), String.valueOf(field.getValue())));
        Mission.Failure error = mission.error();
        if (error != null) {
            line(out, "error", error.kind().word() + ": " + error.text());
        }
    }

    private static void line(PrintWriter out, String name, String value) {
        if (!value.isEmpty()) {
            out.printf("%-11s %s%n", name, value);
        }
    }
}
