// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what starts missions. */
@Command(
        name = "rules",
        description =
                "Show what starts the missions of each hippo, when the next are due, and how the last one ended; pause,"
                        + " resume or rewind one.",
        mixinStandardHelpOptions = true,
        subcommands = {RuleOrderCommand.Pause.class, RuleOrderCommand.Resume.class, RuleOrderCommand.Rewind.class},
        footer = {"", "Example: hippo rules"})
final class RulesCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        JsonNode answer = new DoctorClient(options).get("/rules", Map.of());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.toPrettyString());
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(List.of("HIPPO", "STATE", "RULE", "NEXT", "LAST MISSION"));
        answer.path("hippos").forEach(hippo -> rows(hippo, table));
        table.lines().forEach(out::println);
        return ExitStatus.OK;
    }

    private static void rows(JsonNode hippo, TextTable table) {
        String name = hippo.path("hippo_name").asText();
        String last = last(hippo.path("last_mission"));
        String state = hippo.path("paused").asBoolean()
                ? "paused since "
                        + MissionsCommand.time(
                                Instant.parse(hippo.path("paused_since").asText()))
                : "on";
        if (hippo.path("rules").isEmpty()) {
            table.row(List.of(name, state, "(by hand only)", "", last));
        }
        for (JsonNode rule : hippo.path("rules")) {
            List<String> next = new ArrayList<>();
            rule.path("next").forEach(time -> next.add(time.asText()));
            table.row(List.of(name, state, rule.path("rule").asText(), String.join("  ", next), last));
            // said once
            name = "";
            state = "";
            last = "";
        }
    }

    private static String last(JsonNode mission) {
        return mission.isMissingNode()
                ? "-"
                : MissionsCommand.time(Instant.parse(mission.path("created_at").asText())) + " "
                        + mission.path("partition").asText() + " "
                        + mission.path("status").asText();
    }
}
