// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import static org.apache.flink.table.api.Expressions.$;
import static org.apache.flink.table.api.Expressions.lit;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.pipeline.EventTime;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import dev.hippo.pipeline.TopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.expressions.Expression;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeCasts;

/** Plans one step: tables from the contracts, statements from the user's file. Used by the running step and by the check alike. */
final class StepPlan {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final ContractCatalog contracts;
    private final Map<String, String> client;
    private final TableEnvironment tables;

    StepPlan(
            PipelineSpec pipeline,
            HippoSpec hippo,
            ContractCatalog contracts,
            Map<String, String> client,
            TableEnvironment tables) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.contracts = contracts;
        this.client = Map.copyOf(client);
        this.tables = tables;
    }

    /** The name under which the step is known to Kafka: consumer group and transactional ids. */
    static String kafkaName(PipelineSpec pipeline, HippoSpec hippo) {
        return pipeline.name() + "-" + hippo.name();
    }

    /** Makes a table of each topic that the step reads or writes. */
    void createTables() throws StepMistake {
        Set<String> topics = new LinkedHashSet<>(hippo.subscribe());
        topics.addAll(hippo.publish());
        for (String name : topics) {
            TopicSpec topic = pipeline.topic(name);
            Contract contract = contracts
                    .contract(topic.contract())
                    .orElseThrow(() -> new StepMistake(
                            1,
                            1,
                            "topic '" + name + "' has contract '" + topic.contract()
                                    + "', which is not in the contracts folder; "
                                    + Suggestion.hint(topic.contract(), contracts.names())));
            tables.createTemporaryTable("`" + name + "`", table(topic, contract.descriptor()));
        }
    }

    private TableDescriptor table(TopicSpec topic, Descriptor message) throws StepMistake {
        EventTime time = topic.time();
        Schema.Builder schema = Schema.newBuilder();
        try {
            for (DataTypes.Field column : ContractTypes.columns(message, time == null ? null : time.field())) {
                DataType type = column.getDataType();
                boolean key = topic.changelog() && column.getName().equals(topic.key());
                schema.column(column.getName(), key ? type.notNull() : type);
            }
        } catch (IllegalArgumentException e) {
            throw new StepMistake(1, 1, "topic '" + topic.name() + "': " + e.getMessage());
        }
        if (time != null) {
            schema.watermark(time.field(), "`" + time.field() + "` - " + interval(time.lateness()));
        }
        if (topic.changelog() && topic.key() != null) {
            schema.primaryKey(topic.key());
        }
        TopicBinding binding = new TopicBinding(
                topic.name(),
                contracts.descriptorSet().toByteArray(),
                topic.contract(),
                topic.key(),
                time == null ? null : time.field(),
                topic.changelog(),
                client,
                kafkaName(pipeline, hippo));
        return TableDescriptor.forConnector(TopicTableFactory.NAME)
                .schema(schema.build())
                .option(TopicTableFactory.BINDING, TopicTableFactory.text(binding))
                .build();
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

    /**
     * Plans the user's file.
     *
     * @throws StepMistake for the first statement that does not plan, with its place in the file
     */
    StatementSet statements() throws StepMistake, IOException {
        HippoSettings.Flink settings = hippo.settings(HippoSettings.Flink.class);
        String file;
        try {
            file = Files.readString(settings.sql());
        } catch (NoSuchFileException e) {
            throw new StepMistake(1, 1, "the file is not there");
        }
        StatementSet set = tables.createStatementSet();
        List<SqlScript.Statement> inserts = new ArrayList<>();
        for (SqlScript.Statement statement : SqlScript.statements(file)) {
            try {
                switch (statement.verb()) {
                    case "SELECT", "WITH" -> {
                        insert(statement, set);
                        inserts.add(statement);
                    }
                    case "INSERT" -> {
                        set.addInsertSql(statement.text());
                        inserts.add(statement);
                    }
                    case "CREATE" -> create(statement);
                    default ->
                        throw new StepMistake(
                                statement.line(),
                                statement.column(),
                                "a step holds SELECT, INSERT INTO and CREATE VIEW statements, not " + statement.verb());
                }
            } catch (ValidationException | TableException e) {
                throw StepMistake.of(statement, e);
            }
        }
        if (inserts.isEmpty()) {
            throw new StepMistake(1, 1, "the file has no SELECT and no INSERT INTO");
        }
        try {
            set.explain();
        } catch (ValidationException | TableException e) {
            throw StepMistake.of(inserts.get(0), e);
        }
        return set;
    }

    private void create(SqlScript.Statement statement) throws StepMistake {
        if (!statement.text().matches("(?is)create\\s+(temporary\\s+)?view\\s.*")) {
            throw new StepMistake(
                    statement.line(),
                    statement.column(),
                    "only views can be created here; tables are made from the contracts");
        }
        tables.executeSql(statement.text().replaceFirst("(?i)create\\s+(temporary\\s+)?view", "CREATE TEMPORARY VIEW"));
    }

    /** A bare SELECT goes to the one topic that the step publishes, column by column name. */
    private void insert(SqlScript.Statement statement, StatementSet set) throws StepMistake {
        if (hippo.publish().size() != 1) {
            throw new StepMistake(
                    statement.line(),
                    statement.column(),
                    "a bare SELECT needs one published topic, and '" + hippo.name() + "' publishes "
                            + hippo.publish().size() + "; write INSERT INTO topic SELECT ...");
        }
        String sink = hippo.publish().get(0);
        Table query = tables.sqlQuery(statement.text());
        List<String> columns = query.getResolvedSchema().getColumnNames();
        List<String> wanted = tables.from("`" + sink + "`").getResolvedSchema().getColumnNames();
        for (String column : columns) {
            if (!wanted.contains(column)) {
                throw new StepMistake(
                        statement.line(),
                        statement.column(),
                        "column '" + column + "' is no field of "
                                + pipeline.topic(sink).contract() + ", the contract of topic '" + sink + "'; "
                                + Suggestion.hint(column, wanted));
            }
        }
        List<Expression> select = new ArrayList<>();
        List<DataType> types = tables.from("`" + sink + "`").getResolvedSchema().getColumnDataTypes();
        for (int i = 0; i < wanted.size(); i++) {
            String column = wanted.get(i);
            DataType to = types.get(i);
            int at = columns.indexOf(column);
            if (at < 0) {
                select.add(lit(null, to.nullable()).as(column));
                continue;
            }
            LogicalType from =
                    query.getResolvedSchema().getColumnDataTypes().get(at).getLogicalType();
            if (!LogicalTypeCasts.supportsImplicitCast(from, to.getLogicalType().copy(true))) {
                throw new StepMistake(
                        statement.line(),
                        statement.column(),
                        "column '" + column + "' is " + from.asSummaryString() + ", and field '" + column + "' of "
                                + pipeline.topic(sink).contract() + " is "
                                + to.getLogicalType().asSummaryString()
                                + "; CAST it");
            }
            boolean same = LogicalTypeCasts.supportsAvoidingCast(from, to.getLogicalType());
            select.add(same ? $(column) : $(column).cast(to.nullable()).as(column));
        }
        set.addInsert("`" + sink + "`", query.select(select.toArray(Expression[]::new)));
    }
}
