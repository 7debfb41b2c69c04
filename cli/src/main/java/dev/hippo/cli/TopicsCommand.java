// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.TopicOffsets;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the topics of a pipeline and who is how far behind. */
@Command(
        name = "topics",
        description = "Show each topic: contract, partitions, records, and the lag of each consumer group.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo topics -f examples/flights"})
final class TopicsCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        List<TopicOffsets> topics =
                TopicOffsets.read(options.kafka(pipeline), pipeline.topics().keySet(), Duration.ofSeconds(10));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(topics));
            return ExitStatus.OK;
        }
        TextTable table = new TextTable(List.of("TOPIC", "CONTRACT", "PARTITIONS", "FIRST", "END", "GROUP LAG"));
        for (TopicOffsets topic : topics) {
            table.row(List.of(
                    topic.topic(),
                    pipeline.topic(topic.topic()).contract(),
                    Integer.toString(topic.partitions()),
                    String.format(Locale.ROOT, "%,d", topic.first()),
                    String.format(Locale.ROOT, "%,d", topic.end()),
                    String.join(
                            ", ",
                            topic.lag().entrySet().stream()
                                    .map(entry -> entry.getKey() + " " + entry.getValue())
                                    .sorted()
                                    .toList())));
        }
        table.lines().forEach(out::println);
        return ExitStatus.OK;
    }
}
