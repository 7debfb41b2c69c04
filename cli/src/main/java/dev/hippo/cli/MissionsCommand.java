// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.mission.Mission;
import dev.hippo.wire.mission.MissionStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists missions. */
@Command(
        name = "missions",
        description = "List the missions of a pipeline, the newest last.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo missions nightly --status failed"})
final class MissionsCommand implements Callable<Integer> {
    private static final int LONGEST_WHY = 100;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssXXX", Locale.ROOT);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(arity = "0..1", paramLabel = "HIPPO", description = "only the missions of this hippo")
    private @Nullable String hippo;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "only those that are queued, running, retrying, succeeded, failed or cancelled")
    private @Nullable String status;

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "how many (default: ${DEFAULT-VALUE})",
            defaultValue = "30")
    private int last;

    @Option(names = "--json", description = "print a JSON object per line")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (status != null && !MissionStatus.words().contains(status)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "'" + status + "' is no status; " + Suggestion.hint(status, MissionStatus.words()));
        }
        MissionTopic topic = new MissionTopic(options);
        String only = hippo == null ? null : topic.hippo(hippo);
        List<Mission> missions = new ArrayList<>(topic.read().values().stream()
                .filter(mission -> only == null || mission.hippo().equals(only))
                .filter(mission -> status == null || mission.status().word().equals(status))
                .toList());
        List<Mission> shown = missions.subList(Math.max(0, missions.size() - last), missions.size());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            shown.forEach(mission -> out.println(mission.toJson()));
            return ExitStatus.OK;
        }
        TextTable table =
                new TextTable(List.of("MISSION", "HIPPO", "PARTITION", "STATUS", "ATTEMPT", "STARTED", "TOOK", "WHY"));
        for (Mission mission : shown) {
            table.row(List.of(
                    mission.id(),
                    mission.hippo(),
                    mission.partition().toString(),
                    mission.status().word(),
                    Integer.toString(mission.attempt()),
                    time(mission.startedAt()),
                    took(mission),
                    why(mission)));
        }
        table.lines().forEach(out::println);
        if (shown.size() < missions.size()) {
            out.println((missions.size() - shown.size()) + " older ones are not shown; --last N shows more");
        }
        return ExitStatus.OK;
    }

    /** A time in this host's zone, with what that is ahead of UTC. */
    static String time(@Nullable Instant time) {
        return time == null ? "" : TIME.format(time.atZone(ZoneId.systemDefault()));
    }

    static String took(Mission mission) {
        Instant started = mission.startedAt();
        Instant finished = mission.finishedAt();
        return started == null || finished == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%.1f s",
                        Duration.between(started, finished).toMillis() / 1e3);
    }

    private static String why(Mission mission) {
        Mission.Failure error = mission.error();
        if (error != null) {
            return shortened(error.kind().word() + ": "
                    + error.text().lines().filter(line -> !line.isBlank()).collect(Collectors.joining(" | ")));
        }
        return mission.trigger().rule();
    }

    /** In one line of a table; {@code hippo mission ID} shows the whole. */
    private static String shortened(String text) {
        return text.length() <= LONGEST_WHY ? text : text.substring(0, LONGEST_WHY - 3) + "...";
    }
}
