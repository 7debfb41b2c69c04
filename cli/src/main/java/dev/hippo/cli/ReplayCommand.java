// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.pipeline.HippoSettings.Batch;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.mission.HippoControl;
import dev.hippo.wire.mission.MissionCommand;
import dev.hippo.wire.mission.MissionCommand.Action;
import dev.hippo.wire.mission.PartitionValues;
import dev.hippo.wire.replay.Replay;
import dev.hippo.wire.replay.ReplayPoint;
import dev.hippo.wire.replay.ReplayRefused;
import dev.hippo.wire.replay.TopicRange;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a range of a topic once more. */
@Command(
        name = "replay",
        description =
                "Give a range of a topic once more: copy it into another topic, or let one hippo work on it again.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: hippo replay flights --from 2017-04-05T00:00:00Z --to 2017-04-06T00:00:00Z --into flights-again --dry-run"
        })
final class ReplayCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "TOPIC", description = "the topic")
    private String topic = "";

    @Option(
            names = "--from",
            paramLabel = "POINT",
            description = "earliest, a time such as 2017-04-05T00:00:00Z, or an offset (default: ${DEFAULT-VALUE})",
            defaultValue = "earliest")
    private String from = "";

    @Option(
            names = "--to",
            paramLabel = "POINT",
            description = "latest, a time or an offset, which is not included (default: ${DEFAULT-VALUE})",
            defaultValue = "latest")
    private String to = "";

    @Option(names = "--into", paramLabel = "TOPIC", description = "copy it into this topic, which is made if need be")
    private @Nullable String into;

    @Option(
            names = "--hippo",
            paramLabel = "HIPPO",
            description = "let this hippo run the missions again that it started")
    private @Nullable String hippo;

    @Option(names = "--dry-run", description = "only count the records")
    private boolean dryRun;

    @Option(names = "--again", description = "copy once more what was copied before")
    private boolean again;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String target = into;
        String reader = hippo;
        boolean neither = target == null && reader == null;
        if (neither ? !dryRun : target != null && reader != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "give either --into TOPIC or --hippo HIPPO");
        }
        PipelineSpec pipeline = options.pipeline();
        if (reader != null) {
            reads(pipeline, reader);
        }
        try (Replay replay = Replay.of(options.kafka(pipeline), topic)) {
            TopicRange range = replay.range(ReplayPoint.parse(from), ReplayPoint.parse(to));
            if (dryRun) {
                return tell(range, "dry-run", replay.count(range), "would be replayed");
            }
            return target == null ? rewind(range, String.valueOf(reader)) : copy(replay, pipeline, range, target);
        } catch (ReplayRefused e) {
            throw new CommandFailure(ExitStatus.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void reads(PipelineSpec pipeline, String reader) {
        String name = new MissionHippos(pipeline).named(reader);
        if (pipeline.hippos().get(name) != null
                && pipeline.hippos().get(name).settings() instanceof Batch batch
                && !batch.topics().contains(topic)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "hippo '" + name + "' does not read topic '" + topic + "'; it reads "
                            + String.join(", ", batch.topics()));
        }
    }

    private int copy(Replay replay, PipelineSpec pipeline, TopicRange range, String target)
            throws KafkaUnavailable, ReplayRefused {
        String id = replay.id(pipeline.name(), from, to, target, again);
        Replay.Outcome outcome = replay.copy(id, range, target, copied -> {}, () -> false);
        boolean known = outcome.before() > 0;
        boolean done = known && outcome.before() == outcome.copied();
        return tell(
                outcome.range(),
                "done",
                outcome.copied(),
                done
                        ? "were replayed into '" + target + "' before; --again copies them once more"
                        : "replayed into '" + target + "'"
                                + (known ? ", " + outcome.before() + " of them before it was broken off" : ""));
    }

    private int rewind(TopicRange range, String reader) throws KafkaUnavailable, IOException {
        MissionTopic missions = new MissionTopic(options);
        if (range.spans().isEmpty()) {
            return tell(range, "done", 0, "are in the range");
        }
        String id = WaitOption.newId();
        missions.send(new MissionCommand(
                id,
                missions.pipeline().name(),
                reader,
                Action.REWIND,
                "",
                PartitionValues.WHOLE,
                Map.of("to", range.begins(), "until", range.ends(), "rerun", "true")));
        Optional<HippoControl> answer = missions.awaitAnswer(reader, id, PATIENCE);
        if (answer.isEmpty() || !answer.get().done()) {
            throw new CommandFailure(
                    answer.isEmpty() ? ExitStatus.UNAVAILABLE : ExitStatus.FAILED,
                    answer.isEmpty()
                            ? "'" + reader + "' has the order and does not answer; it carries it out when it runs"
                            : "'" + reader + "' refuses: " + answer.get().answer());
        }
        spec.commandLine().getOut().println(reader + ": " + answer.get().answer());
        return ExitStatus.OK;
    }

    private int tell(TopicRange range, String state, long records, String text) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode answer = JsonNodeFactory.instance
                    .objectNode()
                    .put("topic", topic)
                    .put("state", state)
                    .put("records", records);
            range.sorted()
                    .forEach((shard, span) -> answer.withArray("range")
                            .addObject()
                            .put("partition", shard)
                            .put("from", span.from())
                            .put("to", span.to()));
            out.println(answer.toPrettyString());
        } else {
            range.sorted()
                    .forEach((shard, span) ->
                            out.println(topic + "/" + shard + ": offsets " + span.from() + " to " + (span.to() - 1)));
            out.println(records + " records " + text);
        }
        return ExitStatus.OK;
    }
}
