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

/** What a pipeline file says of a source that is scanned in cycles. */
class PullReaderTest {
    @TempDir
    Path folder;

    private PipelineCheck.Result check(String source, String publish) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/shop.proto"), """
                syntax = "proto3";
                package shop.v1;
                message Price { int64 id = 1; string name = 2; }
                message Box { int64 id = 1; Price price = 2; }
                """);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: p
                topics:
                  prices: {contract: shop.v1.Price, key: id, changelog: true}
                  boxes: {contract: shop.v1.Box, key: id, changelog: true}
                  all: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  shop:
                    kind: db-etl
                    source: {%s}
                    publish: %s
                """.formatted(source, publish));
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of()));
    }

    private HippoSettings.Capture read(String source) throws IOException {
        PipelineCheck.Result result = check(source, "prices");
        assertThat(result.findings())
                .allMatch(finding -> finding.toString().contains("topic 'boxes'")
                        || finding.toString().contains("topic 'all'"));
        return result.spec().hippos().get("shop").settings(HippoSettings.Capture.class);
    }

    private void refused(String source, String publish, String message) throws IOException {
        List<String> findings = check(source, publish).findings().stream()
                .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                .map(Finding::toString)
                .toList();
        assertThat(findings).singleElement().asString().contains(message);
    }

    @Test
    void aQueryIsScannedAndGivesTheRowsOfOneTopic() throws Exception {
        HippoSettings.Capture capture =
                read("url: 'jdbc:oracle:thin:@h', user: u, query: select * from prices, every: 10s, changes: all");
        assertThat(capture.pull())
                .isEqualTo(new HippoSettings.Capture.Pull(
                        "select * from prices", List.of(), "", List.of(), Duration.ofSeconds(10)));
        assertThat(capture.topics()).isEqualTo(Map.of("shop.prices", "prices"));
        assertThat(capture.changes()).isEqualTo("all");
    }

    @Test
    void filesAndClassesAreScannedToo() throws Exception {
        HippoSettings.Capture files = read("files: [data/*.csv, more.jsonl]");
        assertThat(files.pull())
                .isEqualTo(new HippoSettings.Capture.Pull(
                        "", List.of("data/*.csv", "more.jsonl"), "", List.of(), Duration.ofMinutes(1)));
        assertThat(files.url()).isEqualTo("files data/*.csv, more.jsonl");
        HippoSettings.Capture program = read("class: shop.Prices, classpath: [lib/*, classes], every: 1h");
        assertThat(program.pull())
                .isEqualTo(new HippoSettings.Capture.Pull(
                        "", List.of(), "shop.Prices", List.of("lib/*", "classes"), Duration.ofHours(1)));
    }

    @Test
    void whatIsMissingOrDoesNotFitIsToldWithItsPlace() throws Exception {
        String url = "url: 'jdbc:postgresql://h/d', ";
        refused("query: select 1", "prices", "'url' is missing");
        refused("url: 'postgresql://h/d', query: select 1", "prices", "the database of a query is a JDBC address");
        refused(url + "query: select 1, files: a.csv", "prices", "'files' stands beside 'query'");
        refused(url + "query: select 1, tables: [a.b]", "prices", "'tables' are read by the database's log");
        refused(url + "query: select 1", "[prices, boxes]", "'query' gives the rows of one topic, not of 2");
        refused(url + "query: select 1, every: 0s", "prices", "'every' must be longer than nothing");
        refused(url + "files: a.csv", "prices", "'url' means nothing without 'query'");
        refused("files: a.orc", "prices", "'a.orc' does not say in what form its rows are");
        refused("files: a.csv, classpath: b.jar", "prices", "'classpath' means nothing for files");
        refused("class: 'not a class'", "prices", "'not a class' is no name of a class");
        refused(url + "tables: [a.b], every: 1s", "prices", "'every' means nothing for tables that are read by");
        refused("files: a.csv", "boxes", "field 'price' of 'shop.v1.Box' cannot be filled by a scan");
    }
}
