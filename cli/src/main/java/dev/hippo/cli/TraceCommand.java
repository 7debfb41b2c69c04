// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a partition has gone through. */
@Command(
        name = "trace",
        description = {
            "Show how a partition of a table came to be and what came of it: notices, missions, rows, logs;",
            "with 'row', where the latest change of a row of a captured table is."
        },
        mixinStandardHelpOptions = true,
        subcommands = TraceRowCommand.class,
        footer = {"", "Example: hippo trace PARTY_TRU_ACCUM_BAL_M 201703"})
final class TraceCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    /** Not required for the parser, which would ask for it beside 'row' too. */
    @Parameters(index = "0", arity = "0..1", paramLabel = "TABLE", description = "the table")
    private String table = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PARTITION",
            description = "its values, with slashes between (default: the whole table)")
    private @Nullable String partition;

    @Option(names = "--db", paramLabel = "DB", description = "only the table of this database")
    private @Nullable String db;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (table.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "Missing required parameter: 'TABLE'");
        }
        JsonNode trace = new DoctorClient(options)
                .get(
                        "/trace",
                        Map.of(
                                "table",
                                table,
                                "partition",
                                partition == null ? "" : values(partition),
                                "db",
                                db == null ? "" : db));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(trace.toPrettyString());
            return ExitStatus.OK;
        }
        rows(trace).lines().forEach(out::println);
        if (trace.path("cut").asBoolean()) {
            out.println("there is more than is shown");
        }
        return ExitStatus.OK;
    }

    /** The values of a partition, which may be written with their columns: {@code yyyymm=201703/region=eu}. */
    static String values(String partition) {
        return Arrays.stream(partition.split("/", -1))
                .map(part -> part.substring(part.indexOf('=') + 1))
                .collect(Collectors.joining("/"));
    }

    private record Row(String at, List<String> cells) {}

    private static TextTable rows(JsonNode trace) {
        List<Row> rows = new ArrayList<>();
        trace.path("messages").forEach(message -> rows.add(message(message)));
        trace.path("missions").forEach(mission -> rows.add(mission(mission)));
        TextTable table = new TextTable(List.of("WHEN", "", "WHAT", "BY", "HOW", "ROWS", "BECAUSE OF", "OUTPUT"));
        rows.stream().sorted(Comparator.comparing(Row::at)).forEach(row -> table.row(row.cells()));
        return table;
    }

    private static Row message(JsonNode message) {
        String at = message.path("received_at").asText();
        String mission = message.path("mission_id").asText();
        String about = message.path("table").asText();
        return new Row(
                at,
                List.of(
                        time(at),
                        message.path("relation").asText(),
                        (mission.isEmpty() ? "notice " : "finish ")
                                + message.path("place").asText(),
                        message.path("producer").asText(),
                        (about.isEmpty() ? "" : about + " ")
                                + message.path("method").asText()
                                + (message.path("success").asBoolean(true) ? "" : "failure"),
                        message.path("rows").asText(""),
                        mission,
                        ""));
    }

    private static Row mission(JsonNode mission) {
        String at = mission.path("created_at").asText();
        String rowsIn = mission.path("rows_in").asText("");
        String rowsOut = mission.path("rows_out").asText("");
        List<String> because = new ArrayList<>();
        mission.path("because").forEach(place -> because.add(place.asText()));
        return new Row(
                at,
                List.of(
                        time(at),
                        mission.path("relation").asText(),
                        "mission " + mission.path("mission_id").asText(),
                        mission.path("hippo_name").asText(),
                        mission.path("status").asText()
                                + (mission.has("error_class")
                                        ? " (" + mission.path("error_class").asText() + ")"
                                        : ""),
                        rowsIn.isEmpty() ? rowsOut : rowsIn + " -> " + rowsOut,
                        because.isEmpty() ? mission.path("rule").asText() : String.join(", ", because),
                        mission.path("log").asText("")));
    }

    private static String time(String at) {
        return at.isEmpty() ? "" : MissionsCommand.time(Instant.parse(at));
    }
}
