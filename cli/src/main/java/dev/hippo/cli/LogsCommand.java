// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.cli.supervisor.ServiceCommand;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the logs of one process or of all, merged by time. */
@Command(
        name = "logs",
        description = "Show the log of one hippo, or of all, merged by time.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo logs -f gate", "(-f follows here; name another pipeline with --file)"})
final class LogsCommand implements Callable<Integer> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "the pipeline file, or its folder (default: pipeline.yaml here)")
    private Path file = Path.of("pipeline.yaml");

    @Option(names = "--profile", paramLabel = "NAME", description = "merge this profile of the file over the rest")
    private @Nullable String profile;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "where the pipeline keeps its state (default: .hippo beside the file)")
    private @Nullable Path state;

    @Option(
            names = {"-f", "--follow"},
            description = "go on as lines are written, until Ctrl-C")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "how many lines to begin with (default: ${DEFAULT-VALUE})")
    private int lines = 100;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "a hippo, 'kafka' or 'doctor'")
    private @Nullable String name;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private record Line(Instant at, String text) {}

    @Override
    public Integer call() throws Exception {
        if (lines < 0) {
            throw new CommandFailure(ExitStatus.USAGE, "--lines cannot be " + lines + "; give 0 or more");
        }
        PipelineOptions options = new PipelineOptions(file, profile, state);
        PipelineSpec pipeline = options.pipeline();
        List<String> names = new ArrayList<>(pipeline.hippos().keySet());
        names.addAll(List.of(ServiceCommand.BROKER, ServiceCommand.DOCTOR));
        if (name != null && !names.contains(name)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "there is no hippo '" + name + "' in pipeline '" + pipeline.name() + "'; "
                            + Suggestion.hint(name, names));
        }
        Path folder = options.state(pipeline).logs();
        List<GrowingFile> files = new ArrayList<>();
        for (String one : name == null ? names : List.of(name)) {
            files.add(new GrowingFile(folder.resolve(one + ".log")));
            files.add(new GrowingFile(folder.resolve(one + ".out")));
        }
        if (!follow && files.stream().noneMatch(file -> Files.exists(file.path()))) {
            throw new CommandFailure(
                    ExitStatus.UNAVAILABLE,
                    "there is no log of " + (name == null ? "pipeline '" + pipeline.name() + "'" : "'" + name + "'")
                            + " in " + folder + " yet; start the pipeline with 'hippo up'");
        }
        PrintWriter out = spec.commandLine().getOut();
        List<Line> first = news(files);
        first.subList(Math.max(0, first.size() - lines), first.size()).forEach(line -> out.println(line.text()));
        // who reads this may have had enough: 'hippo logs -f | head'
        while (follow && !out.checkError()) {
            TimeUnit.MILLISECONDS.sleep(300);
            news(files).forEach(line -> out.println(line.text()));
        }
        return ExitStatus.OK;
    }

    /** What has been written since the last look, by time. */
    private static List<Line> news(List<GrowingFile> files) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (GrowingFile file : files) {
            List<String> texts = file.news();
            if (!texts.isEmpty()) {
                String owner = file.path().getFileName().toString().replaceFirst("\\.(log|out)$", "");
                Instant fallback = file.modified();
                texts.forEach(text -> lines.add(line(owner, text, fallback)));
            }
        }
        lines.sort(Comparator.comparing(Line::at));
        return lines;
    }

    private static Line line(String owner, String text, Instant fallback) {
        if (!text.startsWith("{")) {
            return new Line(fallback, String.format("%s  %-14s %s", TIME.format(fallback), owner, text));
        }
        try {
            JsonNode json = JSON.readTree(text);
            Instant at = Instant.ofEpochMilli(json.path("timestamp").asLong(fallback.toEpochMilli()));
            StringBuilder line = new StringBuilder(String.format(
                    "%s  %-14s %-5s %s",
                    TIME.format(at),
                    owner,
                    json.path("level").asText(),
                    json.path("formattedMessage").asText()));
            for (JsonNode cause = json.path("throwable"); cause.isObject(); cause = cause.path("cause")) {
                line.append(" | ")
                        .append(cause.path("className").asText())
                        .append(": ")
                        .append(cause.path("message").asText());
            }
            return new Line(at, line.toString());
        } catch (JsonProcessingException e) {
            return new Line(fallback, String.format("%s  %-14s %s", TIME.format(fallback), owner, text));
        }
    }
}
