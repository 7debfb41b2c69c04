// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user reads who has mistyped, or asks for what is not there: one line that says what to do, and the documented exit status. */
class UserMistakesTest {
    @TempDir
    Path folder;

    private Path pipeline;

    @BeforeEach
    void makePipeline() {
        pipeline = folder.resolve("weather");
        assertThat(CliRun.of("new", pipeline.toString()).status()).isZero();
    }

    private CliRun run(String command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(command, "--file", pipeline.toString()));
        all.addAll(List.of(arguments));
        return CliRun.of(all.toArray(String[]::new));
    }

    private static void refused(CliRun run, int status, String... parts) {
        assertThat(run.status()).as(run.err()).isEqualTo(status);
        assertThat(run.err()).startsWith("hippo: ").contains(parts).doesNotContain("Exception", "\tat ");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void anUnknownCommandIsAnsweredWithTheNearest() {
        refused(CliRun.of("staus"), 2, "there is no command 'staus'; did you mean 'status'?");
        refused(CliRun.of("explode"), 2, "there is no command 'explode'; known: check, up");
    }

    @Test
    void anUnknownOptionAndAnArgumentTooManyAreTold() {
        refused(CliRun.of("check", "--quick"), 2, "Unknown option: '--quick'", "See 'hippo check --help'");
        refused(run("down", "gate"), 2, "'gate' is one argument too many", "See 'hippo down --help'");
        refused(run("query"), 2, "Missing required parameter: 'SQL'", "See 'hippo query --help'");
        refused(run("logs", "-n", "many"), 2, "'--lines'", "'many'");
        refused(run("logs", "-n", "-5"), 2, "--lines cannot be -5");
        refused(run("tail", "-n", "-5", "measurements"), 2, "--last cannot be -5");
    }

    @Test
    void aBackfillNeedsARangeOrPartitions() {
        refused(run("backfill", "nightly"), 2, "which partitions? Give --from and --to, or --partition");
        refused(run("backfill", "nightly", "--from", "201701"), 2, "--from and --to belong together; --to is missing");
        refused(
                run("backfill", "nightly", "--from", "201701", "--to", "201702", "--partition", "201703"),
                2,
                "either give --from and --to, or --partition, not both");
    }

    @Test
    void aNoticeThatNobodyCouldReadIsNotWritten() throws IOException {
        refused(run("notice", "t"), 2, "has to do with notices on topic 'frontier-adw'", "a batch-etl that subscribes");
        Files.writeString(pipeline.resolve("pipeline.yaml"), "pipeline: p\nhippos:\n  gate: {notices: frontier-adw}\n");
        refused(run("notice", "t", "--topic", "frontier-adv"), 2, "did you mean 'frontier-adw'?");
        refused(run("notice", "t", "--exec-date", "soon"), 2, "'exec_date' must be seconds since 1970", "not 'soon'");
        refused(run("notice", " "), 2, "the table needs a name");
        refused(run("notice", "t", "--partition", "201703"), 2, "--partition");
        refused(run("notice", "t"), 3, "has not been started");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"check", "up", "down", "status", "sources", "logs", "topics", "send x", "tail x", "query x"})
    void withoutAPipelineFileEveryCommandSaysWhereToLook(String words) {
        List<String> all = new ArrayList<>(List.of(words.split(" ", -1)));
        all.addAll(List.of("--file", folder.resolve("nowhere").toString()));
        refused(
                CliRun.of(all.toArray(String[]::new)),
                2,
                "there is no file '" + folder.resolve("nowhere") + "'",
                "'hippo new FOLDER'");
    }

    @Test
    void aHippoThatRunsNoMissionsHasNoRules() throws IOException {
        refused(run("why", "gate", "201703"), 2, "no hippo 'gate' of pipeline 'weather' runs missions");
        Files.writeString(
                pipeline.resolve("pipeline.yaml"), "pipeline: p\nhippos:\n  load: {subscribe: notices, run: 'true'}\n");
        refused(run("why", "laod", "201703"), 2, "did you mean 'load'?");
        refused(run("why", "on NOTICES", "201703"), 3, "has not been started");
        refused(run("trace", "clicks", "201703"), 3, "the Doctor of pipeline 'p' does not run", "'hippo up'");
        refused(run("rules"), 3, "the Doctor of pipeline 'p' does not run");
    }

    @Test
    void whatIsNotCapturedCannotBeTraced() throws IOException {
        refused(run("sources"), 1, "no hippo of pipeline 'weather' reads or writes a database");
        refused(run("trace"), 2, "Missing required parameter: 'TABLE'", "See 'hippo trace --help'");
        Files.createDirectories(pipeline.resolve("contracts"));
        Files.writeString(
                pipeline.resolve("contracts/bank.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\nmessage Account { int64 id = 1; }\n");
        Files.writeString(pipeline.resolve("pipeline.yaml"), """
                pipeline: p
                topics:
                  accounts: {contract: bank.v1.Account, key: id, changelog: true}
                hippos:
                  bank-db:
                    kind: db-etl
                    source: {url: "jdbc:postgresql://127.0.0.1:1/bank", user: me, tables: [public.accounts]}
                    publish: accounts
                """);
        String file = pipeline.toString();
        refused(CliRun.of("trace", "row", "-f", file, "acounts", "1"), 2, "captures table 'acounts'", "did you mean");
        refused(CliRun.of("trace", "row", "-f", file, "accounts"), 2, "Missing required parameter: 'KEY'");
        refused(CliRun.of("trace", "row", "-f", file, "accounts", "1"), 3, "has not been started");
        CliRun down = run("sources");
        assertThat(down.status()).isEqualTo(3);
        assertThat(down.out()).contains("bank-db", "postgresql://127.0.0.1:1/bank", "sleep", "public.accounts");
    }

    @ParameterizedTest
    @CsvSource({"send,measurments", "tail,measurments"})
    void anUnknownTopicIsAnsweredWithTheNearest(String command, String topic) {
        refused(run(command, topic), 2, "topic 'measurments' is not declared; did you mean 'measurements'?");
    }

    @Test
    void anUnknownHippoIsAnsweredWithTheNearest() {
        refused(run("logs", "gat"), 2, "there is no hippo 'gat' in pipeline 'weather'; did you mean 'gate'?");
    }

    @Test
    void aFileThatIsNotThereIsToldBeforeAnythingElse() {
        refused(run("send", "measurements", "no.json"), 2, "there is no file 'no.json' that can be read");
    }

    @Test
    void whatNeedsARunningPipelineSaysHowToStartIt() {
        refused(
                run("send", "measurements", pipeline.resolve("README.md").toString()),
                3,
                "'gate' does not run",
                "'hippo up'");
        refused(run("query", "select 1"), 3, "'ask' does not run", "'hippo up'");
        refused(run("topics"), 3, "Kafka of pipeline 'weather' has not been started", "'hippo up'");
        refused(run("tail", "measurements"), 3, "Kafka of pipeline 'weather' has not been started", "'hippo up'");
        refused(run("logs"), 3, "there is no log of pipeline 'weather'", "'hippo up'");
        refused(run("logs", "lake"), 3, "there is no log of 'lake'", "'hippo up'");
    }

    @Test
    void statusAndDownOfAPipelineThatIsNotUpSaySo() {
        CliRun status = run("status");
        assertThat(status.status()).isEqualTo(3);
        assertThat(status.out()).contains("gate", "frontier", "sleep", "lake", "stream-etl", "ask", "query");
        CliRun down = run("down");
        assertThat(down.status()).isZero();
        assertThat(down.out()).isEqualTo("Pipeline 'weather' was not up.\n");
    }

    @Test
    void aPipelineThatWasUpAndIsDownIsToldThatKafkaDoesNotAnswer() throws IOException {
        Files.createDirectories(pipeline.resolve(".hippo"));
        Files.writeString(pipeline.resolve(".hippo/kafka.port"), "1");
        refused(run("topics"), 3, "Kafka at 127.0.0.1:1 does not answer", "is the pipeline up?");
    }

    @Test
    void aKafkaThatNobodyKnowsAndAPropertyThatMakesNoSenseAreTold() throws IOException {
        Path file = pipeline.resolve("pipeline.yaml");
        String text = Files.readString(file);
        Files.writeString(file, text + "kafka: {bootstrapServers: \"kafka.nowhere.invalid:9092\"}\n");
        for (String command : List.of("topics", "tail")) {
            CliRun run = command.equals("tail") ? run(command, "measurements") : run(command);
            refused(run, 3, "kafka.nowhere.invalid:9092", "No resolvable bootstrap urls", "mend 'kafka'");
        }
        Files.writeString(
                file, text + "kafka: {bootstrapServers: \"127.0.0.1:1\", properties: {security.protocol: SSSL}}\n");
        refused(run("topics"), 3, "SSSL", "mend 'kafka'");
    }

    @Test
    void mistakesInThePipelineFileAreToldAllAtOnceAndStartNothing() throws IOException {
        Path file = pipeline.resolve("pipeline.yaml");
        Files.writeString(file, Files.readString(file).replace("kind: frontier", "kind: frontear") + "extra: 1\n");
        CliRun check = run("check");
        assertThat(check.status()).isEqualTo(1);
        assertThat(check.out())
                .containsPattern("pipeline.yaml:\\d+:\\d+: error: .*frontear")
                .containsPattern("pipeline.yaml:\\d+:\\d+: error: .*extra");
        refused(run("up"), 1, "pipeline.yaml:", "frontear", "extra");
        assertThat(pipeline.resolve(".hippo")).doesNotExist();
        CliRun json = run("check", "--json");
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.out()).startsWith("[{").contains("\"line\":");
    }

    @Test
    void newRefusesAFolderWithSomethingInItAndANameThatCannotBe() throws IOException {
        refused(CliRun.of("new", pipeline.toString()), 4, "is there already and not empty");
        Files.createFile(folder.resolve("note"));
        refused(CliRun.of("new", folder.resolve("note").toString()), 4, "is there already, and no folder");
        refused(CliRun.of("new", folder.resolve("1st").toString()), 2, "'1st' cannot be a pipeline's name");
        Files.createDirectories(folder.resolve("empty"));
        assertThat(CliRun.of("new", folder.resolve("empty").toString()).status())
                .isZero();
    }
}
