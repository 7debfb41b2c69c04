// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.RuleSpec.HippoFinished;
import dev.hippo.pipeline.RuleSpec.TableReady;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hippos that run missions may say. */
class MissionCheckTest {
    @TempDir
    Path folder;

    private PipelineCheck.Result check(String yaml) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, yaml);
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of()));
    }

    private List<String> findings(String yaml) throws IOException {
        return check(yaml).findings().stream()
                .map(finding -> finding.toString().replace(folder + "/", ""))
                .toList();
    }

    private HippoSettings.Batch batch(String yaml, String hippo) throws IOException {
        PipelineSpec spec = check(yaml).spec();
        assertThat(spec).isNotNull();
        return spec.hippos().get(hippo).settings(HippoSettings.Batch.class);
    }

    @Test
    void theFiveKeysOfOldAreEnoughAndNeedNoContracts() throws IOException {
        Files.createFile(folder.resolve("nightly.sh"));
        String yaml =
                "pipeline: p\nhippos:\n  n: {subscribe: frontier-adw, publish: hippo-finish, run: bash nightly.sh}\n";
        assertThat(findings(yaml)).isEmpty();
        assertThat(batch(yaml, "n").rules()).singleElement().hasToString("table * on frontier-adw");
    }

    @Test
    void aClosedPartitionNeedsATableByTimeAndKnowsItsLateness() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/a.proto"),
                "syntax = \"proto3\"; package a.v1; message A { string id = 1; int64 at = 2; }");
        String yaml = """
                pipeline: p
                topics: {t: {contract: a.v1.A, time: at, lateness: 90m}}
                tables: {flights: {contract: a.v1.A, partitionBy: {hour: at}}, plain: {contract: a.v1.A}}
                hippos:
                  lake: {subscribe: t, write: flights}
                  gate: {publish: t}
                  report: {on: {table: %s, closed: true}, run: "true"}
                """;
        assertThat(batch(yaml.formatted("flights"), "report").rules())
                .containsExactly(RuleSpec.of(new RuleSpec.TableClosed(
                        "hippo-finish",
                        "p",
                        "flights",
                        "hour",
                        PartitionColumn.Transform.HOUR,
                        Duration.ofMinutes(90),
                        Map.of())));
        assertThat(findings(yaml.formatted("plain")))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:7:39: error: table 'plain' has no partitions by time");
        assertThat(findings(yaml.formatted("flihgts")))
                .singleElement()
                .asString()
                .contains("did you mean 'flights'?");
    }

    @Test
    void theFieldsOfEventsAreCheckedAgainstTheirContract() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/a.proto"),
                "syntax = \"proto3\"; package a.v1; message A { enum S { NO = 0; PAID = 1; } S state = 1; int64 n = 2; string s = 3; bytes b = 4; }");
        String yaml = """
                pipeline: p
                topics: {orders: {contract: a.v1.A}}
                hippos:
                  gate: {publish: orders}
                  report: {on: {topic: orders, where: {%s}, by: s}, run: "true"}
                """;
        assertThat(findings(yaml.formatted("state: PAID, n: '>=100', s: 'x*'"))).isEmpty();
        assertThat(findings(yaml.formatted("stat: PAID")))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:5:40: error: contract a.v1.A has no field 'stat'; did you mean 'state'?");
        assertThat(findings(yaml.formatted("n: many")))
                .singleElement()
                .asString()
                .contains("'many' is none");
        assertThat(findings(yaml.formatted("s: '>b'")))
                .singleElement()
                .asString()
                .contains("is no number and no time");
        assertThat(findings(yaml.formatted("state: PAYD")))
                .singleElement()
                .asString()
                .contains("did you mean 'PAID'?");
        assertThat(findings(yaml.formatted("b: x"))).singleElement().asString().contains("is bytes");
        assertThat(findings(yaml.replace("topic: orders", "topic: frontier-adw").formatted("")))
                .anyMatch(finding -> finding.contains("topic 'frontier-adw' has no contract"));
    }

    @Test
    void whatGathersSaysAllThatItNeedsAndNoMore() throws IOException {
        String yaml = "pipeline: p\nhippos:\n  n: {subscribe: t, run: 'true', on: %s}\n";
        assertThat(batch(yaml.formatted("[{any: [{table: a}, {hippo: b}]}, {count: 2, of: {table: c}, by: day}]"), "n")
                        .rules())
                .extracting(RuleSpec::toString)
                .containsExactly("table a on t", "hippo b", "2 of table c on t by day");
        assertThat(findings(yaml.formatted("{count: 2, of: {table: c}, table: d, zone: UTC}")))
                .containsExactly(
                        "pipeline.yaml:3:72: error: 'table' stands beside 'count'; write it in the entries of 'of'",
                        "pipeline.yaml:3:81: error: 'zone' says nothing beside 'count'; take it away");
        assertThat(findings(yaml.formatted("{count: 2}")))
                .singleElement()
                .asString()
                .contains("'of' is missing");
        assertThat(findings(yaml.formatted("{table: c, by: day}")))
                .singleElement()
                .asString()
                .contains("without 'count'");
        assertThat(findings(yaml.formatted("{all: [{table: a}, {count: 2, of: {table: c}}]}")))
                .singleElement()
                .asString()
                .contains("'count' stands within 'all'");
    }

    @Test
    void aRuleOnATableOfThePipelineWaitsForItsWriter() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/a.proto"), "syntax = \"proto3\"; package a.v1; message A { string id = 1; }");
        String yaml = """
                pipeline: p
                topics: {t: {contract: a.v1.A}}
                tables: {things: {contract: a.v1.A}}
                hippos:
                  lake: {subscribe: t, write: things}
                  gate: {publish: t}
                  report: {on: {table: things}, run: "true"}
                  audit: {on: {hippo: report, outcome: any}, run: "true"}
                """;
        assertThat(findings(yaml)).isEmpty();
        assertThat(batch(yaml, "report").rules().get(0).conditions().get(0))
                .isEqualTo(new TableReady("hippo-finish", "p", "things", "*", RuleSpec.Outcome.SUCCESS, Map.of()));
        assertThat(batch(yaml, "audit").rules().get(0).conditions().get(0))
                .isEqualTo(new HippoFinished("hippo-finish", "report", RuleSpec.Outcome.ANY, Map.of()));
        assertThat(findings(yaml.replace("{table: things}", "{topic: t}")))
                .containsExactly(
                        "pipeline.yaml:7:16: error: topic 't' holds events of contract a.v1.A, and missions start on notices;"
                                + " say what its events must be with 'where', wait for the table that they land in, or name a topic of notices, which needs no declaration");
    }

    @Test
    void mistakesAreToldAtTheirPlaceWithWhatToDo() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        hippos:
                          a: {on: {hipo: b}, run: "true"}
                          b: {on: {all: [{hippo: x}]}, run: "true"}
                          c: {on: {hippo: a, table: t}, run: "true"}
                          d: {on: {table: t}, run: "true"}
                          e: {kind: integrator, on: {hippo: a}, run: "true"}
                          f: {on: {hippo: a, within: 1h}, run: "true", retry: {on: [exot]}}
                        """))
                .contains(
                        "pipeline.yaml:3:12: error: unknown key 'hipo' in a rule; did you mean 'hippo'?",
                        "pipeline.yaml:4:17: error: 'all' needs two conditions or more; write one condition without 'all'",
                        "pipeline.yaml:5:29: error: 'table' stands beside 'hippo'; a condition is about a table or about a hippo; use two rules",
                        "pipeline.yaml:7:46: error: 'run' means nothing for an integrator; take it away",
                        "pipeline.yaml:8:30: error: 'within' says nothing without 'all' or 'count'; take it away",
                        "pipeline.yaml:8:61: error: 'exot' is no class of errors; did you mean 'exit'?")
                .anyMatch(finding -> finding.contains("6:19: error: no table 't' is declared here"));
    }

    @Test
    void timesAreReadAsInACrontab() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        hippos:
                          a: {on: {cron: "0 6 * * 1-5", zone: Europe/Zurich}, run: "true"}
                          b: {on: {cron: "0 25 * * *"}, run: "true"}
                          c: {on: {cron: "0 6 * * *", zone: Mars/Olympus}, run: "true"}
                          d: {on: {cron: "0 6 * * *", table: t}, run: "true"}
                          e: {on: {hippo: a, zone: UTC}, run: "true"}
                        """))
                .hasSize(4)
                .anyMatch(finding -> finding.contains("4:18: error: 'cron' cannot be read: "))
                .anyMatch(finding -> finding.contains("5:37: error: 'Mars/Olympus' is no time zone"))
                .anyMatch(finding -> finding.contains("6:38: error: 'table' stands beside 'cron'"))
                .anyMatch(finding -> finding.contains("7:28: error: 'zone' says nothing without 'cron'"));
    }

    @Test
    void aMissionThatStartsItselfOverOthersIsACycle() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        hippos:
                          a: {on: {hippo: c}, run: "true"}
                          b: {on: [{hippo: a}, {topic: frontier-adw}], run: "true"}
                          c: {kind: integrator, on: {all: [{hippo: b}, {topic: frontier-adw, table: t}]}}
                        """)).hasSize(3).allMatch(finding -> finding.contains("again: a cycle"));
    }

    @Test
    void aScriptThatIsMissingAndAHippoThatIsNotHereAreTold() throws IOException {
        assertThat(findings("pipeline: p\nhippos:\n  n: {on: {hippo: nn}, run: bash jobs/n.sh --fast}\n"))
                .containsExactly(
                        "pipeline.yaml:3:29: error: there is no file jobs/n.sh; the command runs in the folder of the pipeline file",
                        "pipeline.yaml:3:11: warning: hippo 'nn' is not in this pipeline; did you mean 'n'?");
    }
}
