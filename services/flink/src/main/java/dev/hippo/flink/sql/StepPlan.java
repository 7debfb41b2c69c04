// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.sql;

import dev.hippo.contracts.ContractCatalog;
import dev.hippo.flink.topic.TopicBinding;
import dev.hippo.pipeline.Finding;
import dev.hippo.pipeline.Finding.Severity;
import dev.hippo.pipeline.HippoSettings;
import dev.hippo.pipeline.HippoSpec;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.Suggestion;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.table.api.SqlParserException;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableException;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.apache.flink.table.catalog.ResolvedSchema;

/** Plans one step: tables from the contracts, statements from the user's file. Used by the running step and by the check alike. Not thread-safe. */
public final class StepPlan {
    private final PipelineSpec pipeline;
    private final HippoSpec hippo;
    private final TopicTables topics;
    private final TableEnvironment tables;
    private final PlannerComplaint complaint;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Insert> inserts = new ArrayList<>();

    /** A statement that writes, which can be added to a set of them. */
    private record Insert(SqlFile.Statement statement, Consumer<StatementSet> adding) {}

    /**
     * Plans a step in a fresh table environment.
     *
     * @param client how to reach Kafka
     * @param start where a step without a checkpoint begins to read
     */
    public StepPlan(
            PipelineSpec pipeline,
            HippoSpec hippo,
            ContractCatalog contracts,
            Map<String, String> client,
            TopicBinding.Start start,
            TableEnvironment tables) {
        this.pipeline = pipeline;
        this.hippo = hippo;
        this.topics = new TopicTables(pipeline, hippo, contracts, client, start);
        this.tables = tables;
        this.complaint = new PlannerComplaint(pipeline, hippo);
        keepVersions();
    }

    /**
     * A mini batch keeps the last of several versions of a key, and a join with what was known at a time needs them all: without this, the versions that come
     * within half a second, or that are read together after a restart, would be one.
     */
    private void keepVersions() {
        boolean versions = hippo.subscribe().stream()
                .map(pipeline::topic)
                .anyMatch(topic -> topic.changelog() && topic.time() != null);
        String key = ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED.key();
        if (versions && !hippo.settings(HippoSettings.Flink.class).config().containsKey(key)) {
            tables.getConfig().set(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED, false);
        }
    }

    /** The name under which a step is known to Kafka and to a cluster: consumer group, job, folder of shared checkpoints. */
    public static String stepName(PipelineSpec pipeline, HippoSpec hippo) {
        return TopicBinding.step(pipeline.name(), hippo.name());
    }

    /** Everything that is wrong with the step, each at its place; plans every statement to its end. */
    public List<Finding> check() throws IOException {
        read();
        if (findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR)) {
            for (Insert insert : inserts) {
                guarded(insert.statement(), () -> {
                    StatementSet alone = tables.createStatementSet();
                    insert.adding().accept(alone);
                    alone.explain();
                });
            }
        }
        return List.copyOf(findings);
    }

    /**
     * All statements as one set, for one job.
     *
     * @throws StepMistake if the file is wrong, as far as it shows before the whole is translated
     */
    public StatementSet statements() throws StepMistake, IOException {
        read();
        List<Finding> errors = findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
        if (!errors.isEmpty()) {
            throw new StepMistake(errors);
        }
        StatementSet set = tables.createStatementSet();
        inserts.forEach(insert -> insert.adding().accept(set));
        return set;
    }

    /** What the planner said when it translated the statements, as a mistake in the file. */
    public StepMistake mistake(RuntimeException e) {
        return new StepMistake(List.of(complaint.finding(inserts.get(0).statement(), e)));
    }

    private void read() throws IOException {
        Path path = hippo.settings(HippoSettings.Flink.class).sql();
        String shown =
                pipeline.folder().relativize(path.toAbsolutePath().normalize()).toString();
        SqlFile file;
        try {
            file = SqlFile.read(path, shown);
        } catch (NoSuchFileException e) {
            findings.add(new Finding(shown, 1, 1, Severity.ERROR, "the file is not there", ""));
            return;
        } catch (CharacterCodingException e) {
            findings.add(new Finding(shown, 1, 1, Severity.ERROR, "the file is not UTF-8 text", "save it as UTF-8"));
            return;
        }
        try {
            topics.create(tables);
        } catch (IllegalArgumentException | ValidationException e) {
            findings.add(file.start().finding(Severity.ERROR, String.valueOf(e.getMessage()), ""));
            return;
        }
        List<SqlFile.Statement> statements = file.statements();
        statements.forEach(statement -> guarded(statement, () -> read(statement)));
        if (inserts.isEmpty() && findings.isEmpty()) {
            findings.add(file.start().finding(Severity.ERROR, "the file has no SELECT and no INSERT INTO", ""));
        }
    }

    private void guarded(SqlFile.Statement statement, Runnable work) {
        try {
            work.run();
        } catch (ValidationException | TableException | SqlParserException e) {
            findings.add(complaint.finding(statement, e));
        }
    }

    private void read(SqlFile.Statement statement) {
        switch (statement.verb()) {
            case "SELECT", "WITH", "" -> select(statement);
            case "INSERT" -> insert(statement);
            case "CREATE" -> create(statement);
            default ->
                error(
                        statement.start(),
                        "a step holds SELECT, INSERT INTO and CREATE VIEW statements, not " + statement.verb(),
                        "settings of Flink go into the pipeline file, under engine.flink.config");
        }
    }

    private void error(SqlFile.Place place, String message, String hint) {
        findings.add(place.finding(Severity.ERROR, message, hint));
    }

    private void create(SqlFile.Statement statement) {
        if (statement.quiet().strip().matches("(?is)create\\s+(temporary\\s+)?view\\s.*")) {
            tables.executeSql(statement.text());
        } else {
            error(statement.start(), "only views can be created here", "tables are made from the contracts");
        }
    }

    /** A bare SELECT goes to the one topic that the step publishes. */
    private void select(SqlFile.Statement statement) {
        if (hippo.publish().size() == 1) {
            byName(statement, statement, hippo.publish().get(0));
        } else {
            error(
                    statement.start(),
                    "a bare SELECT needs one published topic, and '" + hippo.name() + "' publishes "
                            + hippo.publish().size(),
                    "write INSERT INTO topic SELECT ...");
        }
    }

    private void insert(SqlFile.Statement statement) {
        Optional<InsertTarget> found = InsertTarget.of(statement);
        if (found.isEmpty()) {
            error(
                    statement.start(),
                    "this INSERT is not understood",
                    "write INSERT INTO topic SELECT ..., a topic's name with dots in backticks");
            return;
        }
        InsertTarget target = found.get();
        if (!hippo.publish().contains(target.topic())) {
            error(
                    target.place(),
                    "'" + hippo.name() + "' does not publish topic '" + target.topic() + "'",
                    Suggestion.hint(target.topic(), hippo.publish()));
        } else if (target.query() == null) {
            inserts.add(new Insert(statement, set -> set.addInsertSql(statement.text())));
        } else {
            byName(statement, target.query(), target.topic());
        }
    }

    private void byName(SqlFile.Statement statement, SqlFile.Statement query, String topic) {
        ResolvedSchema fields = tables.from("`" + topic + "`").getResolvedSchema();
        List<Finding> misfits = new ArrayList<>();
        Table rows = new SinkColumns(pipeline.topic(topic), fields, misfits).fit(query, tables.sqlQuery(query.text()));
        findings.addAll(misfits);
        inserts.add(new Insert(statement, set -> set.addInsert("`" + topic + "`", rows)));
    }
}
