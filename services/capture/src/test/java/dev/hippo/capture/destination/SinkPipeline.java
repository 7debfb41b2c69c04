// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractException;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A pipeline for tests: one topic, one hippo with a destination, one table. */
final class SinkPipeline {
    static final String CONTRACTS = """
            syntax = "proto3";
            package sink.v1;
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";
            enum Color { RED = 0; BLUE = 1; }
            message Part { string name = 1; int32 size = 2; }
            message Line { string shelf = 1; int32 place = 2; optional string product = 3; }
            message Account { int64 id = 1; string owner = 2; optional string balance = 3; }
            message Order { int64 id = 1; int32 customer = 2; string amount = 3; bool paid = 4; double ratio = 5; google.protobuf.Timestamp created = 6; string note = 7; }
            message Odd { string id = 1; optional string number = 2; optional string day = 3; optional string doc = 4; optional int32 small = 5; optional google.protobuf.Timestamp at = 6; }
            message Whole {
              string id = 1; bool flag = 2; int32 i32 = 3; uint32 u32 = 4; int64 i64 = 5; uint64 u64 = 6; float f = 7; double d = 8;
              bytes raw = 9; Color color = 10; google.protobuf.Timestamp at = 11; repeated string tags = 12; repeated sint32 nums = 13;
              google.protobuf.Int32Value boxed = 14; Part part = 15; optional string note = 16;
            }
            """;

    final String name;
    final String topic;
    private final PipelineSpec spec;
    private final KafkaConnection kafka;
    private final Path folder;
    private final Contract contract;

    SinkPipeline(Path folder, KafkaConnection kafka, String name, String message, String destination)
            throws IOException, ContractException {
        this.name = name;
        this.topic = "rows-" + name;
        this.kafka = kafka;
        this.folder = folder;
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/sink.proto"), CONTRACTS);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(
                file,
                "pipeline: " + name + "\ntopics:\n  " + topic + ": {contract: sink.v1." + message
                        + ", key: " + (message.equals("Line") ? "[place, shelf]" : "id")
                        + ", changelog: true, partitions: 2}\nhippos:\n  copy:\n    kind: db-etl\n    subscribe: "
                        + topic + "\n    destination: " + destination + "\n");
        PipelineCheck.Result result = PipelineCheck.of(PipelineFile.read(file, null, Map.of()));
        if (result.hasErrors() || result.spec() == null) {
            throw new IllegalArgumentException(result.findings().toString());
        }
        this.spec = result.spec();
        this.contract = spec.contracts().contract("sink.v1." + message).orElseThrow();
    }

    PipelineSpec spec() {
        return spec;
    }

    /** What one process of the hippo is given. */
    HippoContext context() throws IOException, ContractException {
        return new HippoContext(
                spec,
                spec.hippos().get("copy"),
                new StateFolder(folder.resolve("state")),
                spec.contracts(),
                kafka,
                InstantSource.system());
    }

    byte[] row(String json) {
        try {
            return contract.json().toBytes(json);
        } catch (Exception e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** A record as if it had been read. */
    ConsumerRecord<byte[], byte[]> record(long offset, String key, String json) {
        return new ConsumerRecord<>(
                topic, 0, offset, key.getBytes(StandardCharsets.UTF_8), json == null ? null : row(json));
    }
}
