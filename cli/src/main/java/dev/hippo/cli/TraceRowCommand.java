// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.hippo.contracts.Contract;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.wire.EventHeaders;
import dev.hippo.wire.GroupOffsets;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.KafkaUnavailable;
import dev.hippo.wire.TopicReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows where the latest change of a row is. */
@Command(
        name = "row",
        description =
                "Show where the latest change of a row is: its transaction in the database, its place in the topic, who has"
                        + " passed it, and the row.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo trace row -f examples/bank public.accounts 17"})
final class TraceRowCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(
            index = "0",
            paramLabel = "TABLE",
            description = "the captured table, with or without its schema, or the topic of its latest rows")
    private String table = "";

    @Parameters(index = "1", paramLabel = "KEY", description = "the value of its key")
    private String key = "";

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PipelineSpec pipeline = options.pipeline();
        CapturedTable captured = CapturedTable.of(pipeline, table);
        KafkaConnection kafka = options.kafka(pipeline);
        ConsumerRecord<byte[], byte[]> record = latest(kafka, captured.topic(), key.getBytes(StandardCharsets.UTF_8));
        ObjectNode trace = JSON.createObjectNode()
                .put("table", captured.table())
                .put("hippo", captured.hippo().name())
                .put("topic", captured.topic())
                .put("key", key)
                .put("found", record != null);
        if (record != null) {
            describe(record, contract(pipeline, captured.topic()), trace);
            readers(pipeline, kafka, record, trace.putArray("readers"));
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(trace);
            return record == null ? ExitStatus.FAILED : ExitStatus.OK;
        }
        if (record == null) {
            String field = String.join(", ", pipeline.topic(captured.topic()).key());
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "topic '" + captured.topic() + "' has no row of " + captured.table() + " whose " + field + " is '"
                            + key
                            + "', and none that was deleted lately. Is it committed in the database? 'hippo sources' tells how far "
                            + captured.hippo().name() + " is behind, 'hippo tail " + captured.topic()
                            + " --headers' how keys are written");
        }
        RowTrace.lines(trace).forEach(out::println);
        return ExitStatus.OK;
    }

    private Contract contract(PipelineSpec pipeline, String topic) throws IOException {
        String name = pipeline.topic(topic).contract();
        return options.contracts(pipeline)
                .contract(name)
                .orElseThrow(() -> new CommandFailure(ExitStatus.FAILED, "there is no contract " + name));
    }

    /** The newest record of a key, whichever partition has it; null if there is none. */
    private static @Nullable ConsumerRecord<byte[], byte[]> latest(KafkaConnection kafka, String topic, byte[] key)
            throws KafkaUnavailable {
        ConsumerRecord<byte[], byte[]> latest = null;
        try (TopicReader reader = TopicReader.open(kafka, "hippo-trace", topic)) {
            reader.start(Long.MAX_VALUE);
            while (!reader.atEnd()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(500))) {
                    if (Arrays.equals(record.key(), key)
                            && (latest == null || record.timestamp() >= latest.timestamp())) {
                        latest = record;
                    }
                }
            }
        }
        return latest;
    }

    private static void describe(ConsumerRecord<byte[], byte[]> record, Contract contract, ObjectNode trace)
            throws IOException {
        put(trace, "position", header(record, EventHeaders.ID));
        put(trace, "committedAt", header(record, EventHeaders.COMMITTED_AT));
        put(trace, "capturedAt", header(record, EventHeaders.TIME));
        trace.put("partition", record.partition())
                .put("offset", record.offset())
                .put("writtenAt", Instant.ofEpochMilli(record.timestamp()).toString())
                .put("deleted", record.value() == null);
        if (record.value() != null) {
            try {
                trace.set("row", JSON.readTree(contract.json().toJson(record.value())));
            } catch (InvalidProtocolBufferException e) {
                throw new CommandFailure(
                        ExitStatus.FAILED,
                        "the record at " + record.topic() + "/" + record.partition() + "@" + record.offset()
                                + " is no whole message of " + contract.name());
            }
        }
    }

    private static void put(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Those that the file names, as far as they tell where they are; then whoever else has told Kafka. */
    private void readers(
            PipelineSpec pipeline, KafkaConnection kafka, ConsumerRecord<byte[], byte[]> record, ArrayNode readers)
            throws KafkaUnavailable, IOException, InterruptedException {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        Map<String, Long> told = new TreeMap<>(GroupOffsets.of(kafka, partition, PATIENCE));
        Services services = new Services(pipeline, options.state(pipeline));
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (!hippo.subscribe().contains(record.topic())) {
                continue;
            }
            Long next = told.remove(pipeline.name() + "." + hippo.name());
            JsonNode own = services.health(hippo.name())
                    .map(health ->
                            health.path("details").path("offsets").path(record.topic() + "/" + record.partition()))
                    .orElse(null);
            reader(hippo.name(), own != null && own.isNumber() ? Long.valueOf(own.asLong()) : next, record, readers);
        }
        told.forEach((group, next) -> reader(group, next, record, readers));
    }

    private static void reader(
            String name, @Nullable Long next, ConsumerRecord<byte[], byte[]> record, ArrayNode readers) {
        ObjectNode reader = readers.addObject().put("name", name);
        if (next != null) {
            reader.put("next", next).put("has", next > record.offset());
        }
    }
}
