// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends JSON lines through the door. */
@Command(
        name = "send",
        description = "Send JSON lines through the door; each is checked against the topic's contract.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: echo '{\"flightId\": \"x1\"}' | hippo send -f examples/flights flights -"})
final class SendCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LINES_A_REQUEST = 1_000;
    /** The door takes 16 MiB, and a character is three bytes at most. */
    private static final int CHARACTERS_A_REQUEST = 1 << 20;

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "the topic")
    private String topic = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "a file of JSON lines, or - for standard input")
    private String source = "-";

    @Option(names = "--json", description = "print the door's answers as they are")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private long accepted;
    private long refused;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        if (!pipeline.topics().containsKey(topic)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "topic '" + topic + "' is not declared; "
                            + Suggestion.hint(topic, pipeline.topics().keySet()));
        }
        try (BufferedReader lines = open()) {
            Services services = new Services(pipeline, options.state(pipeline));
            URI door = services.door(topic);
            StringBuilder request = new StringBuilder();
            List<Long> numbers = new ArrayList<>();
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (!line.isBlank()) {
                    request.append(line).append('\n');
                    numbers.add(number);
                }
                if (numbers.size() == LINES_A_REQUEST || request.length() >= CHARACTERS_A_REQUEST) {
                    send(services, door, request.toString(), numbers);
                    request.setLength(0);
                    numbers.clear();
                }
            }
            if (!numbers.isEmpty()) {
                send(services, door, request.toString(), numbers);
            }
        }
        if (!json) {
            spec.commandLine().getOut().println(accepted + " accepted, " + refused + " refused");
        }
        return refused == 0 ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private BufferedReader open() throws IOException {
        if (source.equals("-")) {
            Reader in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
            return new BufferedReader(in);
        }
        Path file = Path.of(source);
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitStatus.USAGE, "there is no file '" + file + "' that can be read");
        }
        return Files.newBufferedReader(file);
    }

    private void send(Services services, URI door, String lines, List<Long> numbers)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer =
                services.post(door, "application/x-ndjson", "application/json", lines.getBytes(StandardCharsets.UTF_8));
        PrintWriter out = spec.commandLine().getOut();
        JsonNode body = JSON.readTree(answer.body());
        if (json) {
            out.println(body);
        }
        if (!body.has("results")) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "the door answered " + answer.statusCode() + ": "
                            + body.path("detail").asText()
                            + "; before line " + numbers.get(0) + " " + accepted + " were accepted and " + refused
                            + " refused");
        }
        accepted += body.path("accepted").asLong();
        refused += body.path("refused").asLong();
        for (JsonNode result : body.path("results")) {
            if (result.has("error") && !json) {
                spec.commandLine()
                        .getErr()
                        .println((source.equals("-") ? "stdin" : source) + ":"
                                + numbers.get(result.path("index").asInt()) + ": "
                                + withoutLine(result.path("error").asText()));
            }
        }
    }

    /** The door counts the lines of a request, we those of the file. */
    private static String withoutLine(String error) {
        return error.replaceFirst("^line \\d+ is ", "").replaceFirst("\\(line 1, (column \\d+)\\)$", "($1)");
    }
}
