// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import dev.hippo.kit.HippoFailure;
import dev.hippo.wire.PipelineTopics;
import dev.hippo.wire.snapshot.SnapshotOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a db-etl does whose database a connector reads that its pipeline brings: one of an older Debezium than ours, of which nothing is known. */
abstract class BroughtConnectorTests extends DebeziumReaderTests {
    static final Path JARS = Path.of("target", "brought").toAbsolutePath();

    abstract String connector();

    /** How the connector reaches the database. */
    abstract String properties();

    /** A line that logs somebody in whom the database does not know, and the one that it stands for. */
    abstract List<String> wrongLogin();

    @Override
    String access() {
        return "reader: debezium, connector: " + connector() + ", classpath: ['" + JARS + "/*'], properties: {"
                + properties() + "}";
    }

    @Override
    @Test
    void aTableThatIsAddedComesWithItsHistoryWhileItIsWrittenTo() throws Exception {
        Running before = new Running();
        awaitEqual();
        before.service.stop();
        create(table + "_added");
        rewrite("[" + table + "]", "[" + table + ", " + table + "_added]");
        rewrite("publish: accounts-" + name, "publish: [accounts-" + name + ", added-" + name + "]");
        rewrite("topics:\n", "topics:\n  added-" + name + ": {contract: bank.v1.Account, key: id, changelog: true}\n");
        PipelineTopics.ensure(pipeline, kafka, LONG);
        assertThat(failure())
                .hasMessageContaining("cannot read the rows of a table that was added (" + table + "_added)")
                .hasMessageContaining("give the hippo another name")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.SETTING);
    }

    @Test
    void whatCannotBeDoneBesideTheConnectorIsToldWithWhatToDoInstead() throws Exception {
        assertThat(Check.findings(pipeline, pipeline.contracts()).get("bank-db"))
                .hasMessageContaining("tells what the columns of tables are only with their rows")
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.PASSING);
        Running running = new Running();
        awaitEqual();
        assertThat(running.context.progress().position()).matches("(file|lsn) .*");
        assertThatThrownBy(() -> verify().run(table, 10))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining("rows cannot be asked for beside it")
                .hasMessageContaining("--copy");
        SnapshotOrder order = order(Map.of(), Map.of(), 0);
        await().atMost(LONG).until(() -> !progress(order).failure().isEmpty());
        assertThat(progress(order).failure()).contains("give the hippo another name");
    }

    @Test
    void aConnectorThatIsNotThereIsToldAtOnce() throws Exception {
        rewrite(connector(), connector() + "s");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("there is no connector " + connector() + "s")
                .hasMessageContaining("classpath:");
        rewrite(connector() + "s", "java.lang.String");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("java.lang.String is no source connector");
        rewrite(JARS + "/*", JARS + "/none.jar");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("none.jar' of 'classpath' is not there");
    }

    @Test
    void aJarThatIsMissingIsToldAtOnceAndNotTakenFromOurs() throws Exception {
        Path some = Files.createDirectories(folder.resolve("some"));
        try (Stream<Path> jars = Files.list(JARS)) {
            for (Path jar : jars.toList()) {
                if (!jar.getFileName().toString().startsWith("debezium-core")) {
                    Files.copy(jar, some.resolve(jar.getFileName()));
                }
            }
        }
        rewrite(JARS.toString(), "some");
        assertThatThrownBy(Running::new)
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("does not find all its classes")
                .hasMessageContaining("io/debezium/")
                .hasMessageContaining("name the jar that has it in 'classpath'");
    }

    @Test
    void aContractThatDoesNotFitEndsWithTableColumnTypeAndField() throws Exception {
        pipeline = pipeline("double balance = 3; bool vip = 4;");
        assertThat(failure())
                .hasMessageContaining("column 'balance' of " + table + " is ")
                .hasMessageContaining("field 'balance' of bank.v1.Account is double; make it string")
                .hasMessageContaining("field 'vip' of bank.v1.Account is no column of " + table)
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.SETTING);
    }

    @Test
    void aLoginThatTheDatabaseRefusesEndsWithItsWords() throws Exception {
        rewrite(wrongLogin().get(0), wrongLogin().get(1));
        assertThat(Check.findings(pipeline, pipeline.contracts()).get("bank-db"))
                .hasMessageContaining(connector() + " says of property 'database.")
                .hasMessageContaining(wrongLogin().get(2));
        assertThat(failure())
                .hasMessageContaining("Debezium's connector ended: ")
                .hasMessageContaining(wrongLogin().get(2))
                .extracting(SourceFailure::kind)
                .isEqualTo(Kind.SETTING);
    }
}
