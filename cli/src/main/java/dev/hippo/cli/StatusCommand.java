// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.cli.supervisor.ServiceCommand;
import dev.hippo.cli.supervisor.Supervisor;
import dev.hippo.kit.ProcessLock;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how each process of a pipeline is. */
@Command(
        name = "status",
        description = "Show each process: state, pid, port, uptime, restarts, rates and lag.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo status -f examples/flights --json"})
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        StateFolder state = options.state(pipeline);
        Services services = new Services(pipeline, state);
        Map<String, ProcessRecord> records = new LinkedHashMap<>();
        ProcessRecord.read(state).forEach(record -> records.put(record.name(), record));
        pipeline.hippos()
                .values()
                .forEach(hippo -> records.putIfAbsent(
                        hippo.name(),
                        new ProcessRecord(hippo.name(), hippo.kind().word(), "SLEEP", 0, 0, "", 0, 0)));
        ArrayNode all = new ObjectMapper().createArrayNode();
        Instant now = InstantSource.system().instant();
        for (ProcessRecord record : records.values()) {
            all.add(describe(record, services, now));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(all);
        } else {
            print(all, out);
        }
        boolean up =
                records.values().stream().anyMatch(record -> record.living().isPresent());
        if (up && ProcessLock.heldBy(Supervisor.lockFile(state)).isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "hippo: these processes have no supervisor, so nothing restarts what dies; 'hippo up' takes"
                                    + " them over, 'hippo down' stops them");
        }
        return up ? ExitStatus.OK : ExitStatus.UNAVAILABLE;
    }

    private static ObjectNode describe(ProcessRecord record, Services services, Instant now) throws Exception {
        Optional<ProcessHandle> process = record.living();
        ObjectNode node = new ObjectMapper()
                .createObjectNode()
                .put("name", record.name())
                .put("kind", record.kind())
                .put("state", state(record, process.isPresent()))
                .put("restarts", record.restarts());
        if (process.isPresent()) {
            node.put("pid", record.pid());
            node.put(
                    "uptimeSeconds",
                    Duration.between(Instant.ofEpochMilli(record.born()), now).toSeconds());
            Optional<Integer> port = services.port(record.name());
            port.ifPresent(number -> node.put("port", number));
            // the broker speaks no HTTP
            Optional<JsonNode> health =
                    record.name().equals(ServiceCommand.BROKER) ? Optional.empty() : services.health(record.name());
            health.ifPresent(vitals -> {
                for (String field :
                        List.of("rateIn", "rateOut", "lag", "in", "out", "rejected", "position", "instead")) {
                    if (vitals.has(field)) {
                        node.set(field, vitals.get(field));
                    }
                }
                for (String behind : List.of("behindSeconds", "behindBytes")) {
                    JsonNode known = vitals.path("details").path(behind);
                    if (known.asDouble(-1) >= 0) {
                        node.set(behind, known);
                    }
                }
            });
        }
        return node;
    }

    /** What the supervisor wrote, corrected by whether the process lives. */
    static String state(ProcessRecord record, boolean lives) {
        boolean shouldLive = List.of("STARTING", "RUNNING", "STOPPING").contains(record.state());
        return shouldLive && !lives ? "sleep" : record.state().toLowerCase(Locale.ROOT);
    }

    private static void print(ArrayNode all, PrintWriter out) {
        TextTable table = new TextTable(List.of(
                "NAME", "KIND", "STATE", "PID", "PORT", "UPTIME", "RESTARTS", "IN/S", "OUT/S", "LAG", "POSITION"));
        all.forEach(node -> table.row(List.of(
                node.path("name").asText(),
                node.path("kind").asText(),
                node.path("state").asText(),
                node.path("pid").asText("-"),
                node.path("port").asText("-"),
                node.has("uptimeSeconds") ? uptime(node.path("uptimeSeconds").asLong()) : "-",
                node.path("restarts").asText(),
                rate(node.path("rateIn")),
                rate(node.path("rateOut")),
                lag(node),
                node.path("position").asText(""))));
        table.lines().forEach(out::println);
        for (JsonNode node : all) {
            if (node.has("instead")) {
                out.println(
                        node.path("name").asText() + " runs with the pipeline file that it has last run with, because "
                                + node.path("instead").asText());
            }
        }
    }

    /** In events, for what reads topics; in time, for what reads the log of a database, which has no events before they are read. */
    static String lag(JsonNode node) {
        if (node.has("behindSeconds")) {
            return SourceTables.seconds(node.path("behindSeconds"));
        }
        return node.has("lag")
                ? String.format(Locale.ROOT, "%,d", node.path("lag").asLong())
                : "-";
    }

    private static String rate(JsonNode rate) {
        return rate.isNumber() ? String.format(Locale.ROOT, "%,.0f", rate.doubleValue()) : "-";
    }

    private static String uptime(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        return seconds < 3600
                ? seconds / 60 + "m" + seconds % 60 + "s"
                : seconds / 3600 + "h" + seconds % 3600 / 60 + "m";
    }
}
