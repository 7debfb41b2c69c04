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

class PipelineCheckTest {
    private static final String CONTRACTS = """
            syntax = "proto3";
            package p.v1;
            import "google/protobuf/timestamp.proto";
            import "hippo/options.proto";
            message A { string id = 1; google.protobuf.Timestamp at = 2; repeated string tags = 3; double x = 4; string day = 5; }
            message B { string id = 1; }
            message Done {}
            """;

    @TempDir
    Path folder;

    private List<String> findings(String yaml) throws IOException {
        return findings(yaml, CONTRACTS);
    }

    private List<String> findings(String yaml, String proto) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/p.proto"), proto);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, yaml);
        return PipelineCheck.of(PipelineFile.read(file, null, Map.of())).findings().stream()
                .map(f -> f.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void aTopicHoldsEventsOrNotices() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          flights: {contract: p.v1.A}
                        hippos:
                          gate: {publish: flights, notices: [frontier-adw, flights]}
                          idle: {kind: frontier}
                        """))
                .containsExactly(
                        "pipeline.yaml:5:52: error: topic 'flights' holds events of contract p.v1.A, not notices; name it under"
                                + " 'publish', or another topic here; one of notices needs no declaration",
                        "pipeline.yaml:6:3: error: a frontier without 'publish' and 'notices' takes nothing; name the topics that"
                                + " it takes events for under 'publish', those of notices under 'notices'");
    }

    @Test
    void metricsAreSentToAServerWithAPort() throws IOException {
        assertThat(findings("pipeline: p\nmetrics: {graphite: 'graphite.example:2003', prefix: prod.hippo}\n"))
                .isEmpty();
        assertThat(findings("pipeline: p\nmetrics: {graphite: graphite.example}\n"))
                .containsExactly(
                        "pipeline.yaml:2:21: error: 'graphite.example' is no HOST:PORT; write graphite.example:2003");
        assertThat(findings("pipeline: p\nmetrics: {graphite: 'h:99999', every: 0s}\n"))
                .hasSize(1);
        assertThat(findings("pipeline: p\nmetrics: {graphite: 'h:0'}\n"))
                .singleElement()
                .asString()
                .contains("'h:0' is no HOST:PORT");
        assertThat(findings("pipeline: p\nmetrics: {graphite: '[::1]:2003'}\n")).isEmpty();
        assertThat(findings("pipeline: p\nmetrics: {graphite: '::1:2003'}\n")).hasSize(1);
        assertThat(findings("pipeline: p\nmetrics: {graphite: 'h:2003', prefix: a..b}\n"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:2:39: error: 'a..b' is no path of Graphite");
    }

    @Test
    void aHippoCannotHaveTheNameOfTheBrokerOrTheDoctor() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        hippos:
                          doctor: {kind: query}
                        """))
                .containsExactly("pipeline.yaml:3:3: error: 'doctor' is a process that Hippo starts itself;"
                        + " give the hippo another name");
    }

    @Test
    void unknownTopicsTablesAndContractsAreToldWithTheNearestName() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          flights: {contract: p.v1.AA}
                        tables:
                          flights: {contract: p.v1.A}
                        hippos:
                          gate: {kind: frontier, publish: [flights, flihgts]}
                          lake: {subscribe: flights, write: flight}
                        """))
                .containsExactly(
                        "pipeline.yaml:3:23: error: contract 'p.v1.AA' is not in the contracts folder; did you mean 'p.v1.A'?",
                        "pipeline.yaml:7:45: error: topic 'flihgts' is not declared; did you mean 'flights'?",
                        "pipeline.yaml:8:37: error: table 'flight' is not declared; did you mean 'flights'?",
                        "pipeline.yaml:5:3: warning: no hippo writes table 'flights'");
    }

    @Test
    void keysTimesAndPartitionsMustFitTheirFields() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: p.v1.A, key: idd, time: id}
                          b: {contract: p.v1.A, key: tags, time: at}
                          c: {contract: p.v1.A, key: x}
                        tables:
                          a: {contract: p.v1.A, partitionBy: {day: at}}
                        hippos:
                          g: {kind: frontier, publish: [a, b, c]}
                          l: {subscribe: a, write: a}
                        """))
                .containsExactly(
                        "pipeline.yaml:3:30: error: contract p.v1.A has no field 'idd'; did you mean 'id'?",
                        "pipeline.yaml:3:41: error: field 'id' of p.v1.A cannot be an event time; it must be a google.protobuf.Timestamp, or an int64 of milliseconds",
                        "pipeline.yaml:4:30: error: field 'tags' of p.v1.A is repeated, so 'tags' names no single value",
                        "pipeline.yaml:5:30: error: field 'x' of p.v1.A is a double and cannot be a record key; use a string, bytes, integer, bool or enum field",
                        "pipeline.yaml:7:38: error: the contract has a field 'day' of its own; a partition column that is cut from a time needs a name that no field has");
    }

    @Test
    void eachFieldOfAKeyIsCheckedAtItsPlace() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: p.v1.A, key: [id, dai]}
                          b: {contract: p.v1.A, key: [id, day, id]}
                          c: {contract: p.v1.A, key: [day, x, tags]}
                          d: {contract: p.v1.A, key: [day, id], changelog: true}
                        hippos:
                          g: {kind: frontier, publish: [a, b, c, d]}
                        """))
                .containsExactly(
                        "pipeline.yaml:3:35: error: contract p.v1.A has no field 'dai'; did you mean 'day'?",
                        "pipeline.yaml:4:40: error: field 'id' is named twice in the key; take one of them away",
                        "pipeline.yaml:5:36: error: field 'x' of p.v1.A is a double and cannot be a record key; use a string, bytes, integer, bool or enum field",
                        "pipeline.yaml:5:39: error: field 'tags' of p.v1.A is repeated, so 'tags' names no single value");
    }

    @Test
    void contractsThatDifferTwoWritersTwoOwnersOfAPortAndCyclesAreErrors() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          a: {contract: p.v1.A}
                          b: {contract: p.v1.B}
                        tables:
                          a: {contract: p.v1.A}
                        hippos:
                          g: {kind: frontier, publish: a, port: 8081}
                          h: {kind: query, port: 8081}
                          l: {subscribe: b, write: a}
                          m: {subscribe: a, write: a}
                          s: {subscribe: a, publish: b, sql: s.sql}
                          t: {subscribe: b, publish: a, sql: contracts/p.proto}
                        """))
                .containsExactly(
                        "pipeline.yaml:12:38: error: there is no file s.sql; the path is relative to the pipeline file",
                        "pipeline.yaml:9:26: error: port 8081 is hippo 'g''s already; choose another",
                        "pipeline.yaml:11:28: error: table 'a' is written by 'l' already; a table has one writer",
                        "pipeline.yaml:12:18: error: 's' reads topic 'a', which comes of what it publishes: a cycle",
                        "pipeline.yaml:13:18: error: 't' reads topic 'b', which comes of what it publishes: a cycle",
                        "pipeline.yaml:10:28: error: topic 'b' has contract p.v1.B, table 'a' has p.v1.A; a table holds what its topic holds");
    }

    @Test
    void aMethodThatPublishesMustFindItsTopic() throws IOException {
        assertThat(findings("""
                        pipeline: p
                        topics:
                          b: {contract: p.v1.B}
                        hippos:
                          g: {kind: frontier, publish: b}
                        """, CONTRACTS + """
                                service S {
                                  rpc One(A) returns (Done) { option (hippo.publish) = "b"; }
                                  rpc Two(A) returns (Done) { option (hippo.publish) = "bb"; }
                                  rpc Many(stream B) returns (Done) { option (hippo.publish) = "b"; }
                                  rpc Talk(stream B) returns (stream Done) { option (hippo.publish) = "b"; }
                                  rpc Listen(B) returns (stream Done) { option (hippo.publish) = "b"; }
                                }
                                """))
                .containsExactly(
                        "contracts/p.proto:9:7: error: method p.v1.S.One publishes to 'b', whose contract is p.v1.B, and takes p.v1.A",
                        "contracts/p.proto:10:7: error: method p.v1.S.Two publishes to 'bb', which is not declared; did you mean 'b'?",
                        "contracts/p.proto:13:7: error: method p.v1.S.Listen publishes to 'b' and answers with a stream, but one event"
                                + " has one answer; take away the 'stream' before the response, or put one before the request too");
    }

    @Test
    void brokenContractsAreToldWithTheirOwnPlaces() throws IOException {
        assertThat(findings("pipeline: p\n", "syntax = \"proto3\";\nmessage A {\n  strin id = 1;\n  int32 x = 1;\n}\n"))
                .containsExactly(
                        "contracts/p.proto:3:3: error: \"strin\" is not defined.",
                        "contracts/p.proto:4:13: error: Field number 1 has already been used in \"A\" by field \"id\". Next available field number is 2.");
    }
}
