// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.cli.supervisor.ProcessRecord;
import dev.hippo.cli.supervisor.ServiceCommand;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSettings.Destination;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.KafkaSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaUnavailable;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the databases of a pipeline: how far those that are read are behind, and those that are written. */
@Command(
        name = "sources",
        description =
                "Show each database that is read by its log, how far what is stored is behind it and how much log it keeps;"
                        + " and each that is a destination.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo sources -f examples/bank"})
final class SourcesCommand implements Callable<Integer> {
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
        Map<String, ProcessRecord> records = new HashMap<>();
        ProcessRecord.read(state).forEach(record -> records.put(record.name(), record));
        ObjectNode all = new ObjectMapper().createObjectNode();
        all.putArray("sources");
        all.putArray("destinations");
        ProcessRecord broker = records.get(ServiceCommand.BROKER);
        boolean kafkaRuns = pipeline.kafka() instanceof KafkaSpec.Cluster
                || (broker != null && broker.living().isPresent());
        boolean up = false;
        for (HippoSpec hippo : pipeline.hippos().values()) {
            boolean source = hippo.settings() instanceof Capture;
            if (source || hippo.settings() instanceof Destination) {
                ObjectNode node = describe(hippo, records.get(hippo.name()), services);
                up |= node.has("position");
                if (source && kafkaRuns && !node.has("position")) {
                    lastPosition(pipeline, hippo, node);
                }
                all.withArray(source ? "sources" : "destinations").add(node);
            }
        }
        if (json) {
            spec.commandLine().getOut().println(all);
        } else if (all.path("sources").isEmpty() && all.path("destinations").isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "no hippo of pipeline '" + pipeline.name()
                            + "' reads or writes a database; a db-etl with 'source' or 'destination' does");
        } else {
            SourceTables.lines(all).forEach(spec.commandLine().getOut()::println);
        }
        return up ? ExitStatus.OK : ExitStatus.UNAVAILABLE;
    }

    /** How far it had come, if Kafka can tell. */
    private void lastPosition(PipelineSpec pipeline, HippoSpec hippo, ObjectNode node) throws IOException {
        try {
            LastPosition.of(options.kafka(pipeline), pipeline.name(), hippo.name())
                    .ifPresent(last -> {
                        node.set("position", last.path("position"));
                        String committed = last.path("committed_at").asText();
                        if (!committed.isEmpty() && !committed.equals(Instant.EPOCH.toString())) {
                            node.put("committedAt", committed);
                        }
                    });
        } catch (KafkaUnavailable e) {
            node.put("waitsFor", "Kafka, to tell how far it had come: " + e.getMessage());
        }
    }

    private static ObjectNode describe(HippoSpec hippo, @Nullable ProcessRecord record, Services services)
            throws IOException, InterruptedException {
        ObjectNode node = new ObjectMapper().createObjectNode().put("name", hippo.name());
        if (hippo.settings() instanceof Capture capture) {
            node.put("database", database(capture.url()));
            ObjectNode tables = node.putObject("tables");
            capture.tables().forEach(table -> tables.put(table, capture.topics().get(table)));
            if (!capture.changes().isEmpty()) {
                node.put("changesTopic", capture.changes());
            }
        } else if (hippo.settings() instanceof Destination destination) {
            node.put("database", database(destination.url()));
            ObjectNode topics = node.putObject("topics");
            destination.tables().forEach(topics::put);
            if (destination.whole()) {
                topics.set(hippo.subscribe().get(0), new ObjectMapper().valueToTree(destination.copies()));
            }
        }
        boolean lives = record != null && record.living().isPresent();
        node.put("state", record == null ? "sleep" : StatusCommand.state(record, lives));
        JsonNode health = lives ? services.health(hippo.name()).orElse(null) : null;
        if (health != null) {
            vitals(health, node);
        }
        return node;
    }

    /** What the hippo says of itself; a number that it does not know is left out. */
    private static void vitals(JsonNode health, ObjectNode node) {
        node.set("position", health.path("position"));
        node.set("rate", health.path("rateOut"));
        node.set("out", health.path("out"));
        JsonNode details = health.path("details");
        for (String number : List.of("behindBytes", "behindSeconds", "retainedBytes", "lagSeconds")) {
            if (details.path(number).asDouble(-1) >= 0) {
                node.set(number, details.path(number));
            }
        }
        if (details.has("committedAt")) {
            node.set("committedAt", details.path("committedAt"));
        }
        String waitsFor = details.path("waitsFor").asText("");
        if (!waitsFor.isEmpty()) {
            node.put("state", "waiting").put("waitsFor", waitsFor);
        }
        node.set("lag", health.path("lag"));
    }

    /** A JDBC address without what may be secret. */
    static String database(String url) {
        String address = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
        int parameters = address.indexOf('?');
        address = parameters < 0 ? address : address.substring(0, parameters);
        int host = address.indexOf("//") + 2;
        int login = address.lastIndexOf('@');
        return host > 1 && login >= host ? address.substring(0, host) + address.substring(login + 1) : address;
    }
}
