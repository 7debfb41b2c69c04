// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.PipelineSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the query service. */
@Command(
        name = "query",
        description = "Ask SQL over the pipeline's tables and topics.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: hippo query -f examples/flights \"select origin, count(*) from flights group by 1 order by 2 desc limit 5\""
        })
public final class QueryCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--json", description = "print the answer as JSON")
    private boolean json;

    @Option(names = "--csv", description = "print the answer as CSV")
    private boolean csv;

    @Parameters(paramLabel = "SQL", description = "one SELECT")
    private String sql = "";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        Services services = new Services(pipeline, options.state(pipeline));
        PrintWriter out = spec.commandLine().getOut();
        HttpResponse<byte[]> response = services.post(
                services.query(),
                "text/plain",
                csv ? "text/csv" : "application/json",
                sql.getBytes(StandardCharsets.UTF_8));
        String body = new String(response.body(), StandardCharsets.UTF_8);
        if (response.statusCode() != 200) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    new ObjectMapper().readTree(body).path("detail").asText(body));
        }
        if (json || csv) {
            out.println(body.stripTrailing());
            return ExitStatus.OK;
        }
        JsonNode answer = new ObjectMapper().readTree(body);
        table(answer).lines().forEach(out::println);
        out.printf(
                "%d %s%s, %d ms%n",
                answer.path("rowCount").asLong(),
                answer.path("rowCount").asLong() == 1 ? "row" : "rows",
                answer.path("truncated").asBoolean() ? " (more were cut off)" : "",
                answer.path("elapsedMillis").asLong());
        return ExitStatus.OK;
    }

    /** An answer of the query service as a table. */
    public static TextTable table(JsonNode answer) throws IOException {
        List<String> columns = new ArrayList<>();
        answer.path("columns").forEach(column -> columns.add(column.path("name").asText()));
        TextTable table = new TextTable(columns);
        for (JsonNode row : answer.path("rows")) {
            List<String> cells = new ArrayList<>();
            row.forEach(cell -> cells.add(cell.isNull() ? "" : cell.isTextual() ? cell.textValue() : cell.toString()));
            table.row(cells);
        }
        return table;
    }
}
