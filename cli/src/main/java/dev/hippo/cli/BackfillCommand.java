// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts missions for a range of partitions. */
@Command(
        name = "backfill",
        description = "Start missions of a hippo for a range of partitions; those that have a mission get none.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo backfill balances --from 201701 --to 201712 --dry-run"})
final class BackfillCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "HIPPO", description = "the hippo")
    private String hippo = "";

    @Option(
            names = "--from",
            paramLabel = "VALUE",
            description = "the first partition: a month (201701, 2017-01), a day (20170131, 2017-01-31) or a number")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "VALUE", description = "the last partition, written in the same way")
    private @Nullable String to;

    @Option(
            names = "--partition",
            paramLabel = "VALUE",
            description =
                    "one partition, its values with slashes between; repeat it for more, instead of --from and --to")
    private List<String> partitions = new ArrayList<>();

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description =
                    "the partition's column, several with slashes between (default: as the hippo's missions name it)")
    private @Nullable String column;

    @Option(
            names = "--parameter",
            paramLabel = "NAME=VALUE",
            description = "given to each job as HIPPO_PARAMETER_NAME; repeat it for more")
    private Map<String, String> parameters = new LinkedHashMap<>();

    @Option(names = "--dry-run", description = "only tell what would be started, and what exists")
    private boolean dryRun;

    @Option(names = "--again", description = "start a mission also where there is one")
    private boolean again;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if ((from == null) != (to == null)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "--from and --to belong together; " + (from == null ? "--from" : "--to") + " is missing");
        }
        if ((from == null) == partitions.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    (from == null ? "which partitions? Give" : "either give") + " --from and --to, or --partition"
                            + (from == null ? "; --dry-run only shows what there would be" : ", not both"));
        }
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("hippo", new MissionHippos(options.pipeline()).named(hippo))
                .put("dry_run", dryRun)
                .put("again", again);
        if (from != null) {
            body.put("from", from);
        }
        if (to != null) {
            body.put("to", to);
        }
        if (!partitions.isEmpty()) {
            partitions.forEach(body.putArray("partitions")::add);
        }
        if (column != null) {
            body.put("column", column);
        }
        ObjectNode given = body.putObject("parameters");
        parameters.forEach(given::put);
        JsonNode answer = new DoctorClient(options).post("/backfill", body);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(answer.toPrettyString());
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(List.of("PARTITION", "MISSION", "STATUS"));
        answer.path("partitions")
                .forEach(each -> table.row(List.of(
                        each.path("partition").asText(),
                        each.path("mission_id").asText(),
                        each.path("status").asText())));
        table.lines().forEach(out::println);
        out.println(
                (dryRun ? "would start " : "started ") + answer.path("started").asText() + ", "
                        + answer.path("existing").asText() + " have a mission"
                        + (again || answer.path("existing").asInt() == 0 ? "" : " (--again starts another)") + "; "
                        + hippo + " runs " + answer.path("concurrency").asText() + " at a time");
        return ExitStatus.OK;
    }
}
