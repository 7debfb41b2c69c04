// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.hippo.broker.EmbeddedBroker;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.change.v1.Transaction;
import dev.hippo.contracts.Contract;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes as lines of a log. */
class LoggedChangesIT {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void eachRecordIsALineThoughTheHippoIsStartedAgain() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0)) {
            KafkaConnection kafka = new KafkaConnection(broker.bootstrapServers(), Map.of());
            PipelineSpec spec = pipeline();
            PipelineTopics.ensure(spec, kafka, LONG);
            Contract account = spec.contracts().contract("bank.v1.Account").orElseThrow();
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    kafka.clientProperties("test"), new ByteArraySerializer(), new ByteArraySerializer())) {
                send(producer, "accounts", "1", account.json().toBytes("{\"id\": \"1\", \"owner\": \"Ann\"}"));
                send(producer, "accounts", "1", null);
                LoggedChanges first = start(spec, kafka);
                awaitLines(2);
                first.stop();
                send(producer, "accounts", "2", new byte[] {9});
                send(
                        producer,
                        "changes",
                        null,
                        ChangeEvent.newBuilder()
                                .setOp(Op.UPDATE)
                                .setTable("public.accounts")
                                .setContract("bank.v1.Account")
                                .setTransaction(
                                        Transaction.newBuilder().setId("4711").setIndex(3))
                                .setAfter(ByteString.copyFrom(
                                        account.json().toBytes("{\"id\": \"1\", \"owner\": \"Bea\"}")))
                                .build()
                                .toByteArray());
                LoggedChanges second = start(spec, kafka);
                awaitLines(4);
                second.stop();
            }
        }
        assertThat(lines.subList(0, 2))
                .containsExactly("accounts/0@0 1 {\"id\":\"1\",\"owner\":\"Ann\"}", "accounts/0@1 1 deleted");
        assertThat(lines.subList(2, 4))
                .containsExactlyInAnyOrder(
                        "accounts/0@2 2 is no bank.v1.Account: CQ==",
                        "changes/0@0 UPDATE public.accounts in 4711/3 after {\"id\":\"1\",\"owner\":\"Bea\"}");
    }

    private PipelineSpec pipeline() throws Exception {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(
                folder.resolve("contracts/bank.proto"),
                "syntax = \"proto3\";\npackage bank.v1;\nmessage Account { string id = 1; string owner = 2; }\n");
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: logged
                topics:
                  accounts: {contract: bank.v1.Account, key: id, changelog: true, partitions: 1}
                  changes: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  diary: {kind: db-etl, subscribe: [accounts, changes], destination: {log: true}}
                """);
        return PipelineFile.read(file, null, Map.of()).spec();
    }

    private LoggedChanges start(PipelineSpec spec, KafkaConnection kafka) throws Exception {
        LoggedChanges started = new LoggedChanges(
                new HippoContext(
                        spec,
                        spec.hippos().get("diary"),
                        new StateFolder(folder.resolve("state")),
                        spec.contracts(),
                        kafka,
                        InstantSource.system()),
                lines::add);
        started.start();
        return started;
    }

    private void awaitLines(int count) {
        await().atMost(LONG).until(() -> lines.size() >= count);
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, String topic, @Nullable String key, byte @Nullable [] value)
            throws Exception {
        byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, bytes, value)).get();
    }
}
