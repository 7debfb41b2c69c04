// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeCheckTest {
    @TempDir
    Path folder;

    private PipelineCheck.Result check(String yaml) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/p.proto"), """
                syntax = "proto3";
                package p.v1;
                import "google/protobuf/timestamp.proto";
                message A { string id = 1; google.protobuf.Timestamp at = 2; string town = 3; }
                message B { string id = 1; string _op = 2; }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, yaml);
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of()));
    }

    private List<String> findings(String yaml) throws IOException {
        return check(yaml).findings().stream()
                .map(f -> f.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void theLatestRowsArePartitionedByTheirKey() throws IOException {
        String yaml = """
                pipeline: p
                topics:
                  a: {contract: p.v1.A, key: [town, id], changelog: true}
                tables:
                  a: {contract: p.v1.A, keep: 2h, partitionBy: %s}
                hippos:
                  gate: {publish: a}
                  l: {subscribe: a, write: a}
                """;
        PipelineCheck.Result good = check(yaml.formatted("town"));
        assertThat(good.findings()).isEmpty();
        assertThat(good.spec()).isNotNull();
        assertThat(good.spec().table("a").keep()).isEqualTo(Duration.ofHours(2));
        assertThat(findings(yaml.formatted("{day: at}")))
                .containsExactly(
                        "pipeline.yaml:5:48: error: table 'a' has the latest rows of topic 'a' and cannot be partitioned by 'day': a deleted"
                                + " row tells only its key [town, id]; partition it by fields of the key, as they are, or take"
                                + " 'partitionBy' away");
    }

    @Test
    void aTableThatOnlyGrowsReplacesNothing() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: p.v1.A}
                        tables:
                          a: {contract: p.v1.A, keep: 2h}
                        hippos:
                          gate: {publish: a}
                          l: {subscribe: a, write: a}
                        """))
                .containsExactly(
                        "pipeline.yaml:5:31: error: 'keep' says nothing for table 'a', which only grows; it is for the table of a"
                                + " changelog topic's latest rows, whose files are replaced");
    }

    private static final String HISTORY = """
            pipeline: p
            topics:
              a: {contract: p.v1.A, key: id, changelog: true}
              all: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
            tables:
              h: %s
            hippos:
              db:
                kind: db-etl
                source: {url: "jdbc:postgresql://h/d", tables: [s.a], changes: all}
                publish: a
              l: {subscribe: %s, write: %s}
            """;

    @Test
    void aHistoryIsThatOfACapturedTable() throws IOException {
        PipelineCheck.Result good = check(HISTORY.formatted("{contract: p.v1.A}", "all", "{s.a: h}"));
        assertThat(good.findings()).isEmpty();
        assertThat(good.spec()).isNotNull();
        HippoSpec hippo = good.spec().hippos().get("l");
        assertThat(hippo.write()).containsExactly("h");
        assertThat(hippo.settings(HippoSettings.Lake.class).source()).isEqualTo("s.a");
    }

    @Test
    void whatAHistoryCannotBeIsTold() throws IOException {
        assertThat(findings(HISTORY.formatted("{contract: p.v1.A}", "all", "{s.b: h}")))
                .containsExactly(
                        "pipeline.yaml:12:30: error: table 's.b' is not captured into topic 'all'; did you mean 's.a'?");
        assertThat(findings(HISTORY.formatted("{contract: p.v1.A}", "a", "{s.a: h}")))
                .anyMatch(finding ->
                        finding.contains("pipeline.yaml:12:18: error: topic 'a' is no topic of all changes"));
        assertThat(findings(HISTORY.formatted("{contract: p.v1.B, headers: true}", "all", "{s.a: h}")))
                .anyMatch(finding -> finding.contains("the rows of 's.a' have contract p.v1.A, table 'h' has p.v1.B"))
                .anyMatch(finding -> finding.contains("6:34: error: a table of a history has columns of its own"))
                .anyMatch(finding -> finding.contains("the contract has a field '_op'"));
        assertThat(findings(HISTORY.formatted("{contract: p.v1.A}", "all", "{s.a: h, s.b: h}")))
                .containsExactly(
                        "pipeline.yaml:12:30: error: 'write' names 2 tables of the source; make one hippo for each: write:"
                                + " {SOURCE_SCHEMA.TABLE: TABLE}");
    }
}
