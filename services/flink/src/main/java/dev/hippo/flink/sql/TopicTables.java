// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.flink.row.ContractTypes;
import dev.hippo.flink.topic.TopicBinding;
import dev.hippo.flink.topic.TopicTableFactory;
import dev.hippo.pipeline.EventTime;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TopicSpec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.types.DataType;

/** Makes a table of each topic that a step reads or writes, from the topic's contract. */
final class TopicTables {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final ContractCatalog contracts;
    private final Map<String, String> client;
    private final TopicBinding.Start start;

    TopicTables(
            PipelineSpec pipeline,
            HippoSpec hippo,
            ContractCatalog contracts,
            Map<String, String> client,
            TopicBinding.Start start) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.contracts = contracts;
        this.client = Map.copyOf(client);
        this.start = start;
    }

    /** Throws {@link IllegalArgumentException} for a topic that cannot be a table, with the reason. */
    void create(TableEnvironment tables) {
        Set<String> topics = new LinkedHashSet<>(hippo.subscribe());
        topics.addAll(hippo.publish());
        for (String name : topics) {
            TopicSpec topic = pipeline.topic(name);
            Contract contract = contracts
                    .contract(topic.contract())
                    .orElseThrow(() -> new IllegalArgumentException("topic '" + name + "' has contract '"
                            + topic.contract() + "', which is not in the contracts folder; "
                            + Suggestion.hint(topic.contract(), contracts.names())));
            tables.createTemporaryTable("`" + name + "`", table(topic, contract.descriptor()));
        }
    }

    private TableDescriptor table(TopicSpec topic, Descriptor message) {
        if (topic.changelog()) {
            changelog(topic, message);
        }
        boolean subscribed = hippo.subscribe().contains(topic.name());
        EventTime time = topic.time();
        Schema.Builder schema = Schema.newBuilder();
        try {
            for (DataTypes.Field column : ContractTypes.columns(message, time == null ? null : time.field())) {
                DataType type = column.getDataType();
                boolean identifies = topic.changelog() && topic.key().contains(column.getName());
                schema.column(column.getName(), identifies ? type.notNull() : type);
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("topic '" + topic.name() + "': " + e.getMessage(), e);
        }
        if (time != null && subscribed) {
            String rowtime = rowtime(time, schema);
            schema.watermark(rowtime, "`" + rowtime + "` - " + interval(time.lateness()));
        }
        if (topic.changelog()) {
            schema.primaryKey(topic.key());
        }
        TopicBinding binding = new TopicBinding(
                topic.name(),
                topic.rejectedTopic(),
                contracts.descriptorSet().toByteArray(),
                topic.contract(),
                topic.key(),
                time == null ? null : time.field(),
                topic.changelog(),
                subscribed,
                start,
                client,
                pipeline.name(),
                hippo.name());
        return TableDescriptor.forConnector(TopicTableFactory.NAME)
                .schema(schema.build())
                .option(TopicTableFactory.BINDING, TopicTableFactory.text(binding))
                .build();
    }

    private static void changelog(TopicSpec topic, Descriptor message) {
        if (topic.key().isEmpty()) {
            throw unfit(topic, "has no key");
        }
        for (String key : topic.key()) {
            if (message.findFieldByName(key) == null) {
                throw unfit(topic, "its key '" + key + "' is in a nested message");
            }
        }
    }

    private static IllegalArgumentException unfit(TopicSpec topic, String because) {
        return new IllegalArgumentException("topic '" + topic.name() + "' is a changelog, and " + because
                + "; SQL needs a key of fields of " + topic.contract() + " itself");
    }

    /** The column that is the event time; one more column when the time is in a nested message, named by its path with underscores. */
    private static String rowtime(EventTime time, Schema.Builder schema) {
        if (time.field().indexOf('.') < 0) {
            return time.field();
        }
        String name = time.field().replace('.', '_');
        schema.columnByExpression(name, "CAST(`" + time.field().replace(".", "`.`") + "` AS TIMESTAMP_LTZ(3))");
        return name;
    }

    private static String interval(Duration lateness) {
        return String.format(
                Locale.ROOT,
                "INTERVAL '%d %02d:%02d:%02d.%03d' DAY(3) TO SECOND(3)",
                lateness.toDays(),
                lateness.toHoursPart(),
                lateness.toMinutesPart(),
                lateness.toSecondsPart(),
                lateness.toMillisPart());
    }
}
