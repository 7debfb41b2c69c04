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

class PipelineFileTest {
    @TempDir
    Path folder;

    private PipelineReading read(String yaml) throws IOException {
        return read(yaml, null, Map.of());
    }

    private PipelineReading read(String yaml, String profile, Map<String, String> environment) throws IOException {
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, yaml);
        return PipelineFile.read(file, profile, environment);
    }

    private List<String> findings(String yaml) throws IOException {
        return read(yaml).findings().stream()
                .map(f -> f.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void aWholeFileIsReadWithItsDefaults() throws IOException {
        PipelineReading reading = read("""
                pipeline: flights
                topics:
                  flights: {contract: flights.v1.Flight, key: flight_id, time: departed_at, lateness: 10m}
                  delays: {contract: flights.v1.Delay, partitions: 2}
                tables:
                  flights: {contract: flights.v1.Flight, partitionBy: {day: departed_at}}
                hippos:
                  gate: {kind: frontier, publish: flights, port: 8081}
                  delays: {subscribe: flights, publish: delays, sql: sql/d.sql}
                  lake: {subscribe: flights, write: flights, commit: {interval: 1s}}
                  ask: {kind: query}
                """);
        assertThat(reading.findings()).isEmpty();
        PipelineSpec spec = reading.spec();
        assertThat(spec).isNotNull();
        assertThat(spec.kafka()).isEqualTo(new KafkaSpec.Embedded(0));
        assertThat(spec.topic("flights").time()).isEqualTo(new EventTime("departed_at", Duration.ofMinutes(10)));
        assertThat(spec.topic("flights").partitions()).isEqualTo(4);
        assertThat(spec.table("flights").partitionBy())
                .containsExactly(new PartitionColumn("day", "departed_at", PartitionColumn.Transform.DAY));
        assertThat(spec.hippos().get("gate").settings())
                .isEqualTo(new HippoSettings.Frontier(64 << 20, Duration.ofSeconds(10), false, List.of(), List.of()));
        assertThat(spec.hippos().get("delays").kind()).isEqualTo(Kind.STREAM_ETL);
        assertThat(spec.hippos().get("delays").settings().service()).isEqualTo("flink");
        assertThat(spec.hippos().get("lake").settings())
                .isEqualTo(new HippoSettings.Lake(Duration.ofSeconds(1), 64 << 20));
        assertThat(spec.hippos().get("ask").settings())
                .isEqualTo(new HippoSettings.Query(10_000, Duration.ofSeconds(30), 1 << 30));
    }

    @Test
    void allFindingsAreToldAtOnceEachWithItsPlace() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topisc: {}
                        topics:
                          a: {contract: x.A, partitons: 3}
                          b: {key: k, partitions: none}
                        hippos:
                          g: {kind: fronteer, publish: a}
                          h: {kind: query, limits: {timeout: soon}}
                        """))
                .containsExactly(
                        "pipeline.yaml:2:1: error: unknown key 'topisc' in the pipeline file; did you mean 'topics'?",
                        "pipeline.yaml:4:22: error: unknown key 'partitons' in a topic; did you mean 'partitions'?",
                        "pipeline.yaml:5:6: error: 'contract' is missing in a topic; add it: the full name of the protobuf message",
                        "pipeline.yaml:5:27: error: 'partitions' must be a whole number from 1 to 10000, not 'none'",
                        "pipeline.yaml:7:13: error: 'fronteer' is no kind of hippo; did you mean 'frontier'?",
                        "pipeline.yaml:8:38: error: 'timeout' is a duration, not 'soon'; write 500ms, 10s, 5m, 2h or 1d");
    }

    @Test
    void aKeyIsAFieldOrAListOfFields() throws IOException {
        PipelineSpec spec = read("""
                pipeline: p
                topics:
                  a: {contract: x.A, key: id}
                  b: {contract: x.A, key: [order_id, line]}
                  c: {contract: x.A}
                """).spec();
        assertThat(spec).isNotNull();
        assertThat(spec.topic("a").key()).containsExactly("id");
        assertThat(spec.topic("b").key()).containsExactly("order_id", "line");
        assertThat(spec.topic("c").key()).isEmpty();
        assertThat(findings("pipeline: p\ntopics:\n  a: {contract: x.A, key: [], changelog: true}\n"))
                .containsExactly("pipeline.yaml:3:27: error: 'key' names no field; name one, or take 'key' away");
    }

    @Test
    void whatIsTooMuchOrNothingIsToldAndNotCounted() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: x.A, time: at, lateness: 99999999999999999999d}
                        hippos:
                          g: {kind: frontier, publish: a, limits: {inFlight: 9999999999GiB, deadline: 0s}}
                          h: {kind: query, limits: {timeout: 1000d, memory: 0}}
                        """))
                .containsExactly(
                        "pipeline.yaml:3:42: error: 'lateness' is at most 999d, not '99999999999999999999d'",
                        "pipeline.yaml:5:54: error: 'inFlight' is at least 1B and at most 8589934591GiB, not '9999999999GiB'",
                        "pipeline.yaml:5:79: error: 'deadline' must be longer than nothing",
                        "pipeline.yaml:6:38: error: 'timeout' is at most 999d, not '1000d'",
                        "pipeline.yaml:6:53: error: 'memory' is at least 1B and at most 8589934591GiB, not '0'");
    }

    @Test
    void aKeyThatAKindDoesNotKnowIsNotPassedOver() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: x.A}
                          b: {contract: x.A}
                        tables:
                          a: {contract: x.A}
                        hippos:
                          l: {subscribe: a, write: a, publish: b, limits: {memory: 1GiB}}
                          s: {subscribe: a, publish: b, write: a, sql: s.sql}
                          q: {kind: query, subscribe: a}
                        """))
                .containsExactly(
                        "pipeline.yaml:8:40: error: 'publish' means nothing for a stream-etl on lake; take it away",
                        "pipeline.yaml:8:51: error: 'limits' means nothing for a stream-etl on lake; take it away",
                        "pipeline.yaml:9:40: error: 'write' means nothing for a stream-etl on flink; take it away",
                        "pipeline.yaml:10:31: error: 'subscribe' means nothing for a query; take it away");
    }

    @Test
    void anOriginHasNoPath() throws IOException {
        assertThat(
                        findings(
                                "pipeline: p\nhippos:\n  g: {kind: frontier, origins: [http://localhost:3000, https://a.example/b]}\n"))
                .containsExactly(
                        "pipeline.yaml:3:56: error: 'https://a.example/b' is not the origin of a web page; write scheme, host"
                                + " and port as the browser does, without a path: https://shop.example, or *");
    }

    @Test
    void aFrontierMayTakeNothingButNotices() throws IOException {
        PipelineReading reading = read("pipeline: p\nhippos:\n  gate: {notices: frontier-adw}\n");
        assertThat(reading.findings()).isEmpty();
        HippoSpec gate = reading.spec().hippos().get("gate");
        assertThat(gate.kind()).isEqualTo(Kind.FRONTIER);
        assertThat(gate.settings(HippoSettings.Frontier.class).notices()).containsExactly("frontier-adw");
        assertThat(findings(
                        "pipeline: p\nhippos:\n  g: {notices: [a b, hippo-finish]}\n  q: {kind: query, notices: a}\n"))
                .containsExactly(
                        "pipeline.yaml:3:17: error: 'a b' cannot be the name of a topic; use letters, digits, '.', '_' and '-', at most 201",
                        "pipeline.yaml:3:22: error: topic 'hippo-finish' is for what Hippo itself tells; name one of notices, such as frontier-adw",
                        "pipeline.yaml:4:29: error: 'notices' means nothing for a query; take it away");
    }

    @Test
    void brokenYamlIsToldWithItsPlace() throws IOException {
        assertThat(findings("pipeline: p\ntopics: {a: [}\n"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:2:14: error: not valid YAML");
    }

    @Test
    void aKeyGivenTwiceIsAnError() throws IOException {
        assertThat(findings("pipeline: p\npipeline: q\n"))
                .containsExactly(
                        "pipeline.yaml:2:1: error: key 'pipeline' is given twice in the pipeline file; the first is in line 1");
    }

    @Test
    void aProfileIsMergedDeeplyAndVariablesAreResolved() throws IOException {
        String yaml = """
                pipeline: p
                topics:
                  a: {contract: x.A, partitions: 1}
                profiles:
                  prod:
                    kafka: {bootstrapServers: "${KAFKA}", properties: {sasl.jaas.config: "${secret:jaas}"}}
                    topics: {a: {partitions: "${PARTITIONS:-12}"}}
                """;
        PipelineReading prod = read(yaml, "prod", Map.of("KAFKA", "k:9092", "HIPPO_SECRET_JAAS", "s3cret"));
        assertThat(prod.findings()).isEmpty();
        assertThat(prod.spec().kafka())
                .isEqualTo(new KafkaSpec.Cluster("k:9092", Map.of("sasl.jaas.config", "s3cret")))
                .asString()
                .doesNotContain("s3cret");
        assertThat(prod.spec().topic("a").partitions()).isEqualTo(12);
        assertThat(read(yaml).spec().topic("a").partitions()).isEqualTo(1);
    }

    @Test
    void aMissingVariableOrSecretOrProfileIsAFindingAtItsPlace() throws IOException {
        assertThat(findings("pipeline: p\nkafka: {bootstrapServers: \"${NO_SUCH}\"}\n"))
                .containsExactly(
                        "pipeline.yaml:2:27: error: environment variable NO_SUCH is not set; set it, or write ${NO_SUCH:-default}");
        assertThat(read("pipeline: p\nprofiles: {prod: {}}\n", "prd", Map.of()).findings())
                .singleElement()
                .asString()
                .contains("profile 'prd' is not in the file; did you mean 'prod'?");
    }

    @Test
    void whatNoServiceRunsYetIsSaidPlainly() throws IOException {
        assertThat(findings("pipeline: p\nhippos:\n  n: {kind: web, port: 80}\n"))
                .singleElement()
                .asString()
                .contains("'web' is part of the grammar, but no service of this version runs it yet");
    }
}
