// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.mission.RewindPoint;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells a hippo something about all of its missions, and waits for its answer. */
abstract class RuleOrderCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "HIPPO", description = "the hippo")
    private String hippo = "";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    abstract Action action();

    Map<String, String> parameters() {
        return Map.of();
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> parameters = parameters();
        MissionTopic topic = new MissionTopic(options);
        String name = topic.hippo(hippo);
        String id = WaitOption.newId();
        topic.send(
                new MissionCommand(id, topic.pipeline().name(), name, action(), "", PartitionValues.WHOLE, parameters));
        Optional<HippoControl> control = topic.awaitAnswer(name, id, PATIENCE);
        if (control.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "'" + name
                            + "' has the order and does not answer; it carries it out when it runs. See 'hippo status'");
        }
        if (!control.get().done()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "'" + name + "' refuses: " + control.get().answer());
        }
        spec.commandLine().getOut().println(name + ": " + control.get().answer());
        return ExitStatus.OK;
    }

    /** What comes waits. */
    @Command(
            name = "pause",
            description = "Begin no attempts any more: what triggers come is queued, and nothing is lost.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo rules pause nightly"})
    static final class Pause extends RuleOrderCommand {
        @Override
        Action action() {
            return Action.PAUSE;
        }
    }

    /** What waits begins. */
    @Command(
            name = "resume",
            description = "Begin what has waited since the pause.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo rules resume nightly"})
    static final class Resume extends RuleOrderCommand {
        @Override
        Action action() {
            return Action.RESUME;
        }
    }

    /** What was read is read again. */
    @Command(
            name = "rewind",
            description =
                    "Read the topics with the triggers again, so that rules that are new find what has come before.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example: hippo rules rewind nightly --to 2026-11-21T06:00:00Z --rerun"})
    static final class Rewind extends RuleOrderCommand {
        @Option(
                names = "--to",
                required = true,
                paramLabel = "POINT",
                description =
                        "earliest, a time such as 2026-11-21T06:00:00Z, or topic/partition@offset, several with commas"
                                + " between")
        private String to = "";

        @Option(names = "--rerun", description = "run missions again that have ended")
        private boolean rerun;

        @Override
        Action action() {
            return Action.REWIND;
        }

        @Override
        Map<String, String> parameters() {
            try {
                RewindPoint.parse(to);
            } catch (IllegalArgumentException e) {
                throw new CommandFailure(ExitStatus.USAGE, "--to: " + e.getMessage());
            }
            return Map.of("to", to, "rerun", Boolean.toString(rerun));
        }
    }

    RuleOrderCommand() {}
}
