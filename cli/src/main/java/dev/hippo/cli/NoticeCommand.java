// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.wire.ControlTopics;
import dev.hippo.wire.mission.SignalFormatException;
import dev.hippo.wire.mission.SignalReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells, straight on Kafka, that a table is ready. */
@Command(
        name = "notice",
        description = "Tell that a table is ready: writes a notice straight to Kafka, without a door.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: hippo notice PARTY_TRU_ACCUM_BAL_M --db btd --partition YYYYMM=201703"})
final class NoticeCommand implements Callable<Integer> {
    @Mixin
    private PipelineOptions options = new PipelineOptions();

    @Parameters(paramLabel = "TABLE", description = "the table")
    private String table = "";

    @Option(names = "--db", paramLabel = "DB", description = "the table's database")
    private @Nullable String db;

    @Option(
            names = "--partition",
            paramLabel = "COLUMN=VALUE",
            description = "the partition that is ready; repeat it for more columns (default: the table has none)")
    private Map<String, String> partition = new LinkedHashMap<>();

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "how the data was written (default: ${DEFAULT-VALUE})",
            defaultValue = "overwrite_partition")
    private String method = "";

    @Option(
            names = "--exec-date",
            paramLabel = "TIME",
            description = "when: seconds since 1970, 2017-04-05T00:00:00Z or 2017-04-05 (default: now)")
    private @Nullable String execDate;

    @Option(
            names = "--topic",
            paramLabel = "TOPIC",
            description = "the topic of the notice (default: ${DEFAULT-VALUE})",
            defaultValue = "frontier-adw")
    private String topic = "";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Instant now = InstantSource.system().instant();
        byte[] notice = notice(now).toString().getBytes(StandardCharsets.UTF_8);
        if (table.isBlank()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "the table needs a name");
        }
        try {
            SignalReader.read(notice, now);
        } catch (SignalFormatException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PipelineSpec pipeline = options.pipeline();
        Set<String> known = topics(pipeline);
        if (!known.contains(topic)) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "no hippo of pipeline '" + pipeline.name() + "' has to do with notices on topic '" + topic + "'; "
                            + (known.isEmpty()
                                    ? "a batch-etl that subscribes to it, or a frontier with 'notices', has"
                                    : Suggestion.hint(topic, known)));
        }
        RecordMetadata place =
                OneRecord.send(options.kafka(pipeline), "notice", new ProducerRecord<>(topic, null, notice));
        spec.commandLine()
                .getOut()
                .println(place.topic() + " partition " + place.partition() + " offset " + place.offset());
        return ExitStatus.OK;
    }

    /** In the shape of the first notices, which every reader of them knows. */
    private ObjectNode notice(Instant now) {
        ObjectNode notice = JsonNodeFactory.instance.objectNode().put("table", table);
        ArrayNode columns = notice.putArray("partition");
        (partition.isEmpty() ? Map.of("", "") : partition)
                .forEach((name, value) -> columns.addObject().put("name", name).put("value", value));
        if (db != null) {
            notice.put("db", db);
        }
        return notice.put("method", method)
                .put("exec_date", execDate == null ? Long.toString(now.getEpochSecond()) : execDate);
    }

    private static Set<String> topics(PipelineSpec pipeline) {
        Set<String> topics = new TreeSet<>();
        for (HippoSpec hippo : pipeline.hippos().values()) {
            if (hippo.settings() instanceof HippoSettings.Batch batch) {
                topics.addAll(batch.topics());
            } else if (hippo.settings() instanceof HippoSettings.Frontier frontier) {
                topics.addAll(frontier.notices());
            }
        }
        topics.remove(ControlTopics.FINISH);
        return topics;
    }
}
