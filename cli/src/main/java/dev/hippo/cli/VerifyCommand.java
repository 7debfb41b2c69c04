// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.cli.supervisor.Installation;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.snapshot.SnapshotOrder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares a captured table with the topic of its latest rows. */
@Command(
        name = "verify",
        description =
                "Compare a captured table with the topic of its latest rows while both change, or that with a copy in"
                        + " another database, and list the rows that differ. Exit status 1 if there are any.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo verify public.accounts --repair"})
final class VerifyCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(
            paramLabel = "TABLE",
            description = "the captured table, with or without its schema, or the topic of its latest rows")
    private String table = "";

    @Option(
            names = "--most",
            paramLabel = "ROWS",
            description = "list so many rows at most (default: ${DEFAULT-VALUE})",
            defaultValue = "100")
    private int most;

    @Option(
            names = "--copy",
            paramLabel = "HIPPO",
            description = "compare the copy that a db-etl with 'destination' keeps, and not the table itself")
    private String copy = "";

    @Option(names = "--repair", description = "have each listed row told again, or as deleted, as the table has it")
    private boolean repair;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (most < 1) {
            throw new CommandFailure(ExitStatus.USAGE, "--most is " + most + "; give at least 1");
        }
        PipelineSpec pipeline = options.pipeline();
        CapturedTable captured = CapturedTable.of(pipeline, table);
        checkCopy(pipeline, captured);
        JsonNode said = compare(pipeline, captured);
        PrintWriter out = spec.commandLine().getOut();
        JsonNode differences = said.path("differences");
        if (repair && !differences.isEmpty()) {
            KafkaConnection kafka = options.kafka(pipeline);
            checkRepairable(pipeline, kafka, captured);
            for (JsonNode difference : differences) {
                repair(pipeline, kafka, captured, difference);
            }
        }
        if (json) {
            out.println(said);
        } else {
            print(captured, said, out);
        }
        return differences.isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /** A table has one order at a time, and somebody has to carry it out. */
    private void checkRepairable(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured)
            throws KafkaUnavailable, IOException, InterruptedException {
        String hippo = captured.hippo().name();
        if (new Services(pipeline, options.state(pipeline)).health(hippo).isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "hippo '" + hippo + "' does not run, which is to tell the rows again; start it");
        }
        if (SnapshotCommand.isUnderWay(pipeline, kafka, captured)) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "rows of " + captured.table()
                            + " are told again already, and a table has one order at a time; 'hippo snapshot' shows it");
        }
    }

    /** Whether the hippo keeps a copy of the table. */
    private void checkCopy(PipelineSpec pipeline, CapturedTable captured) {
        if (copy.isEmpty()) {
            return;
        }
        Capture capture = captured.hippo().settings(Capture.class);
        List<String> copies = pipeline.hippos().values().stream()
                .filter(hippo -> hippo.settings() instanceof Destination destination
                        && (destination.tables().containsKey(captured.topic())
                                || (destination.copies().containsKey(captured.table())
                                        && hippo.subscribe().contains(capture.changes()))))
                .map(HippoSpec::name)
                .toList();
        if (!copies.contains(copy)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "hippo '" + copy + "' keeps no copy of " + captured.table() + "; "
                            + (copies.isEmpty() ? "no hippo of this pipeline does" : Suggestion.hint(copy, copies)));
        }
    }

    private void print(CapturedTable captured, JsonNode said, PrintWriter out) {
        JsonNode differences = said.path("differences");
        String rows = String.format(Locale.ROOT, "%,d", said.path("rows").asLong());
        if (differences.isEmpty()) {
            out.println(
                    copy.isEmpty()
                            ? rows + " rows of " + captured.table() + ", and topic " + captured.topic()
                                    + " has the same"
                            : rows + " rows of topic " + captured.topic() + ", and the copy of " + copy
                                    + " has the same");
            return;
        }
        TextTable lines = new TextTable(List.of("KEY", "WHAT", "FIELDS"));
        differences.forEach(difference -> {
            List<String> fields = new ArrayList<>();
            difference.path("fields").forEach(field -> fields.add(field.asText()));
            lines.row(List.of(
                    difference.path("key").asText(), difference.path("words").asText(), String.join(", ", fields)));
        });
        lines.lines().forEach(out::println);
        out.println((differences.size() == most ? "at least " : "") + differences.size() + " of " + rows
                + " rows differ" + (repair ? "; each was told again" : "; --repair has them told again"));
    }

    private void repair(PipelineSpec pipeline, KafkaConnection kafka, CapturedTable captured, JsonNode difference)
            throws KafkaUnavailable, IOException {
        Map<String, String> key = new HashMap<>();
        difference
                .path("columns")
                .properties()
                .forEach(column -> key.put(column.getKey(), column.getValue().asText()));
        SnapshotOrder order = new SnapshotOrder(
                WaitOption.newId(),
                captured.table(),
                key,
                key,
                0,
                difference.path("gone").asText(),
                InstantSource.system().instant());
        String hippo = captured.hippo().name();
        OneRecord.send(
                kafka,
                "order of a snapshot",
                new ProducerRecord<>(
                        Capture.positionsTopic(pipeline.name(), hippo),
                        SnapshotOrder.key(pipeline.name(), hippo, captured.table()),
                        order.toBytes()));
        // a table has one order at a time
        new SnapshotWait(pipeline, kafka, captured, order).untilDone();
    }

    private JsonNode compare(PipelineSpec pipeline, CapturedTable captured) throws IOException, InterruptedException {
        Installation home = Installation.ofThisProcess();
        List<String> command = new ArrayList<>(List.of(
                home.java().toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                home.lib("capture") + "/*",
                "dev.hippo.capture.Verify",
                "--pipeline",
                options.file().toAbsolutePath().toString(),
                "--hippo",
                captured.hippo().name(),
                "--state",
                options.state(pipeline).root().toString()));
        if (options.profile() != null) {
            command.addAll(List.of("--profile", options.profile()));
        }
        ObjectNode asked = JSON.createObjectNode()
                .put("table", captured.table())
                .put("most", most)
                .put("copy", copy);
        Process process = new ProcessBuilder(command).start();
        CompletableFuture<String> failure = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
        try (OutputStream in = process.getOutputStream()) {
            in.write(JSON.writeValueAsBytes(asked));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new CommandFailure(ExitStatus.FAILED, failure.join().strip());
        }
        return JSON.readTree(said);
    }

    private static String text(InputStream from) {
        try {
            return new String(from.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
