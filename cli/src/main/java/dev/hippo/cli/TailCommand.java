// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.JsonCodec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.TopicReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the events of a topic, decoded. */
@Command(
        name = "tail",
        description = "Show the events of a topic as JSON, and new ones as they come.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo tail -f examples/flights delays -n 20 --headers"})
final class TailCommand implements Callable<Integer> {
    /** More than so many are not counted first; a few less may be shown. */
    private static final int MOST_COUNTED = 100_000;

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "the topic, also a control topic or TOPIC.rejected")
    private String topic = "";

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            description = "begin with the last N events (default: ${DEFAULT-VALUE})")
    private int last = 10;

    @Option(names = "--from-beginning", description = "begin with the first event")
    private boolean fromBeginning;

    @Option(names = "--once", description = "end when all that is there now is shown")
    private boolean once;

    @Option(names = "--headers", description = "show partition, offset, key and headers too")
    private boolean headers;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (last < 0) {
            throw new CommandFailure(ExitStatus.USAGE, "--last cannot be " + last + "; give 0 or more");
        }
        PipelineSpec pipeline = options.pipeline();
        @Nullable JsonCodec codec = codec(pipeline);
        PrintWriter out = spec.commandLine().getOut();
        try (TopicReader reader = TopicReader.open(options.kafka(pipeline), "hippo-tail", topic)) {
            if (fromBeginning) {
                reader.start(Long.MAX_VALUE);
            } else if (last > MOST_COUNTED) {
                reader.start(last);
            } else {
                reader.startLast(last);
            }
            // who reads this may have had enough: 'hippo tail flights | head'
            while (!(once && reader.atEnd()) && !out.checkError()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(500))) {
                    out.println(text(record, codec));
                }
            }
        }
        return ExitStatus.OK;
    }

    private @Nullable JsonCodec codec(PipelineSpec pipeline) throws java.io.IOException {
        String base = topic.endsWith(".rejected") ? topic.substring(0, topic.length() - ".rejected".length()) : topic;
        if (ControlTopics.all().contains(topic)) {
            return null;
        }
        if (!pipeline.topics().containsKey(base)) {
            List<String> known = new ArrayList<>(pipeline.topics().keySet());
            known.addAll(ControlTopics.all());
            throw new CommandFailure(
                    ExitStatus.USAGE, "topic '" + topic + "' is not declared; " + Suggestion.hint(topic, known));
        }
        String contract = pipeline.topic(base).contract();
        return options.contracts(pipeline)
                .contract(contract)
                .map(Contract::json)
                .orElseThrow(() -> new CommandFailure(ExitStatus.FAILED, "there is no contract " + contract));
    }

    private String text(ConsumerRecord<byte[], byte[]> record, @Nullable JsonCodec codec) {
        StringBuilder text = new StringBuilder();
        if (headers) {
            text.append(record.topic())
                    .append('/')
                    .append(record.partition())
                    .append('@')
                    .append(record.offset());
            text.append(" key=").append(record.key() == null ? "-" : new String(record.key(), StandardCharsets.UTF_8));
            for (Header header : record.headers()) {
                text.append(' ')
                        .append(header.key())
                        .append('=')
                        .append(header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
            }
            text.append("  ");
        }
        if (record.value() == null) {
            return text.append("(deleted)").toString();
        }
        if (codec == null || isJson(record)) {
            return text.append(new String(record.value(), StandardCharsets.UTF_8))
                    .toString();
        }
        try {
            return text.append(codec.toJson(record.value())).toString();
        } catch (InvalidProtocolBufferException e) {
            return text.append("(")
                    .append(record.value().length)
                    .append(" bytes that are no whole message of the contract)")
                    .toString();
        }
    }

    /** A rejected event that came as JSON is kept as it came. */
    private static boolean isJson(ConsumerRecord<byte[], byte[]> record) {
        Header type = record.headers().lastHeader("content-type");
        return type != null
                && type.value() != null
                && new String(type.value(), StandardCharsets.UTF_8).startsWith("application/json");
    }
}
