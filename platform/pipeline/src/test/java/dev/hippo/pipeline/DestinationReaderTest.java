// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pipeline file says of a db-etl with a destination. */
class DestinationReaderTest {
    private static final String KEYED = ", key: id, changelog: true";
    private static final String BOTH = "subscribe: [accounts, transfers]";
    private static final String DESTINATION =
            "destination: {url: 'jdbc:mariadb://h/d', user: u, password: '${secret:bank}', tables: [bank.a, bank.t]}";

    @TempDir
    Path folder;

    private List<String> findings(String topic, String... lines) throws IOException {
        return check(topic, lines).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    private PipelineCheck.Result check(String topic, String... lines) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/bank.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\nmessage Account { int64 id = 1; }\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: p\ntopics:\n  accounts: {contract: bank.v1.Account" + topic
                        + "}\n  transfers: {contract: bank.v1.Account" + KEYED
                        + "}\nhippos:\n  copy:\n    kind: db-etl\n    " + String.join("\n    ", lines) + "\n");
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of("HIPPO_SECRET_BANK", "pssst")));
    }

    @Test
    void eachTopicHasATable() throws Exception {
        PipelineCheck.Result result = check(KEYED, BOTH, DESTINATION);
        assertThat(result.findings()).isEmpty();
        HippoSpec copy = result.spec().hippos().get("copy");
        HippoSettings.Destination destination = copy.settings(HippoSettings.Destination.class);
        assertThat(copy.settings().service()).isEqualTo("capture");
        assertThat(destination.tables())
                .containsExactly(Map.entry("accounts", "bank.a"), Map.entry("transfers", "bank.t"));
        assertThat(destination.password()).isEqualTo("pssst");
        assertThat(destination.toString()).doesNotContain("pssst");
    }

    @Test
    void recordsMayGoToALog() throws Exception {
        PipelineCheck.Result result = check(KEYED, BOTH, "destination: {log: true}");
        assertThat(result.findings()).isEmpty();
        assertThat(result.spec().hippos().get("copy").settings()).isInstanceOf(HippoSettings.LogDestination.class);
        isTold(
                findings(KEYED, BOTH, "destination: {log: true, url: 'jdbc:mariadb://h/d'}"),
                "'url' means nothing for a log");
        isTold(findings(KEYED, "destination: {log: true}"), "has nothing to write");
        isTold(findings(KEYED, BOTH, "destination: {log: false}"), "'url' is missing");
    }

    private void isTold(List<String> findings, String... words) {
        assertThat(findings).anySatisfy(finding -> assertThat(finding).contains(words));
    }

    @Test
    void whatIsMissingOrDoesNotFitIsToldWithItsPlace() throws Exception {
        isTold(findings(KEYED, DESTINATION), "without 'subscribe' has nothing to write");
        isTold(findings(KEYED, BOTH), "without 'source' and 'destination' has no database");
        isTold(
                findings(KEYED, BOTH, DESTINATION, "source: {url: 'jdbc:postgresql://h/d', tables: a.b}"),
                "pipeline.yaml:10:",
                "'source' or 'destination', not both");
        isTold(findings(KEYED, BOTH, DESTINATION, "publish: accounts"), "publishes nothing");
        isTold(
                findings(KEYED, BOTH, DESTINATION.replace("mariadb", "oracle")),
                "pipeline.yaml:9:",
                "PostgreSQL, MariaDB and MySQL");
        isTold(
                findings(KEYED, BOTH, DESTINATION.replace(", bank.t", "")),
                "there are 2 topics and 1 tables",
                "in the same order");
        isTold(findings(KEYED, BOTH, DESTINATION.replace("bank.t", "bank.a")), "'bank.a' is named twice");
        isTold(findings(KEYED, BOTH, DESTINATION.replace("bank.a", "a")), "'a' is no table's full name");
        isTold(findings(KEYED, BOTH.replace("transfers", "transfer"), DESTINATION), "topic 'transfer' is not declared");
        isTold(findings(", key: id", BOTH, DESTINATION), "'accounts' is to tell", "is no changelog with a key");
        isTold(findings(", changelog: true", BOTH, DESTINATION), "changelog");
        isTold(
                findings(KEYED, BOTH, DESTINATION + "\n  twin: {kind: db-etl, " + BOTH + ", " + DESTINATION + "}"),
                "pipeline.yaml:10:",
                "table 'bank.a' of that database is written by 'copy' already");
        isTold(
                findings(KEYED, "source: {url: 'jdbc:postgresql://h/d', tables: a.b}", BOTH, "publish: accounts"),
                "reads a database, not topics");
    }

    private PipelineCheck.Result whole(String topic, String tables) throws IOException {
        check(KEYED, BOTH, DESTINATION);
        Path file = folder.resolve("whole.yaml");
        Files.writeString(file, """
                pipeline: p
                topics:
                  accounts: {contract: bank.v1.Account, key: id, changelog: true}
                  changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  bank:
                    kind: db-etl
                    source: {url: 'jdbc:postgresql://h/d', tables: public.accounts, changes: changes}
                    publish: accounts
                  copy:
                    kind: db-etl
                    subscribe: %s
                    destination: {url: 'jdbc:mariadb://h/d', tables: %s}
                """.formatted(topic, tables));
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of()));
    }

    private List<String> wholeFindings(String topic, String tables) throws IOException {
        return whole(topic, tables).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void tablesOfATopicOfAllChangesAreNamedByThoseOfTheSource() throws Exception {
        PipelineCheck.Result result = whole("changes", "{public.accounts: bank.a}");
        assertThat(result.findings()).isEmpty();
        HippoSettings.Destination destination =
                result.spec().hippos().get("copy").settings(HippoSettings.Destination.class);
        assertThat(destination.whole()).isTrue();
        assertThat(destination.copies()).containsExactly(Map.entry("public.accounts", "bank.a"));
        assertThat(destination.tables()).isEmpty();
        assertThat(result.spec().captureOf("changes").orElseThrow().topics())
                .containsExactly(Map.entry("public.accounts", "accounts"));
    }

    private List<String> own(String changes, String copied) throws IOException {
        check(KEYED, BOTH, DESTINATION);
        Path file = folder.resolve("own.yaml");
        Files.writeString(file, """
                pipeline: p
                topics:
                  accounts: {contract: bank.v1.Account, key: id, changelog: true}
                  log: {contract: bank.v1.Account}
                  changes: {%s}
                tables:
                  history: {contract: bank.v1.Account}
                hippos:
                  door: {kind: frontier, publish: [changes, log]}
                  copy: {kind: db-etl, subscribe: changes, destination: {url: 'jdbc:mariadb://h/d', tables: {%s: bank.a}}}
                  past: {subscribe: changes, write: {%s: history}}
                """.formatted(changes, copied, copied));
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of())).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void anApplicationsTopicOfAllChangesSaysItsTablesItself() throws Exception {
        String changes = "contract: hippo.change.v1.ChangeEvent, partitions: 1, tables: {app.accounts: accounts}";
        assertThat(own(changes, "app.accounts")).isEmpty();
        List<String> other = own(changes, "app.acounts");
        isTold(other, "own.yaml:10:", "table 'app.acounts' is not one of those that topic 'changes' tells of");
        isTold(other, "own.yaml:11:", "table 'app.acounts' is not one of those of topic 'changes'");
        isTold(
                own(changes.replace(": accounts", ": acounts"), "app.accounts"),
                "own.yaml:5:",
                "there is no topic 'acounts'",
                "did you mean 'accounts'?");
        isTold(own(changes.replace(": accounts", ": log"), "app.accounts"), "topic 'log' is no changelog with a key");
        isTold(own(changes.replace("partitions: 1, ", ""), "app.accounts"), "declare it with partitions: 1");
        isTold(
                own(changes.replace("hippo.change.v1.ChangeEvent", "bank.v1.Account"), "app.accounts"),
                "an application tells the changes of its tables as hippo.change.v1.ChangeEvent, and topic 'changes' has contract 'bank.v1.Account'");
        isTold(
                own(changes.replace(", tables: {app.accounts: accounts}", ""), "app.accounts"),
                "or the topic tables: {TABLE: CHANGELOG_TOPIC} if an application writes it");
    }

    @Test
    void whatDoesNotFitATopicOfAllChangesIsTold() throws Exception {
        isTold(
                wholeFindings("changes", "{public.acounts: bank.a}"),
                "whole.yaml:13:",
                "table 'public.acounts' is not captured into topic 'changes'",
                "did you mean 'public.accounts'?");
        isTold(
                wholeFindings("accounts", "{public.accounts: bank.a}"),
                "whole.yaml:12:",
                "topic 'accounts' is no topic of all changes");
        isTold(wholeFindings("changes", "bank.a"), "'changes' tells all changes", "tables: {TABLE: SCHEMA.TABLE}");
        isTold(wholeFindings("[changes, accounts]", "{public.accounts: bank.a}"), "'subscribe' names 2");
        isTold(wholeFindings("changes", "{}"), "'tables' names no table");
        isTold(wholeFindings("changes", "{accounts: bank.a}"), "'accounts' is no table's full name");
        isTold(
                wholeFindings("changes", "{public.accounts: bank.a, public.other: bank.a}"),
                "table 'bank.a' is named twice");
    }
}
