// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

import com.google.protobuf.ByteString;
import dev.hippo.change.v1.ChangeEvent;
import dev.hippo.change.v1.Op;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.kit.HippoContext;
import dev.hippo.pipeline.PipelineCheck;
import dev.hippo.pipeline.PipelineFile;
import dev.hippo.pipeline.PipelineSpec;
import dev.hippo.pipeline.StateFolder;
import dev.hippo.wire.KafkaConnection;
import dev.hippo.wire.PipelineTopics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A pipeline for tests that copies two of a source's three tables, and the topic of all changes as the capture of that source writes it. */
final class WholePipeline implements AutoCloseable {
    final String name;
    final String topic;
    final TopicPartition partition;
    private final Path folder;
    private final KafkaConnection kafka;
    private final PipelineSpec spec;
    private final ContractCatalog contracts;
    private final KafkaProducer<byte[], byte[]> producer;
    private boolean open;
    private ChangeEvent lastTold = ChangeEvent.getDefaultInstance();
    private String transaction = "";
    private int index;
    private long position;
    private Future<RecordMetadata> last = CompletableFuture.failedFuture(new IllegalStateException("nothing was told"));

    /** With tables {@code name_a} and {@code name_o} of a schema. */
    WholePipeline(Path folder, KafkaConnection kafka, String name, String login, String schema) throws Exception {
        this.name = name;
        this.topic = "changes-" + name;
        this.partition = new TopicPartition(topic, 0);
        this.kafka = kafka;
        this.folder = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(this.folder.resolve("contracts"));
        Files.writeString(this.folder.resolve("contracts/sink.proto"), SinkPipeline.CONTRACTS);
        Files.writeString(file(), """
                pipeline: NAME
                kafka: {bootstrapServers: "BROKER"}
                topics:
                  accounts-NAME: {contract: sink.v1.Account, key: id, changelog: true}
                  orders-NAME: {contract: sink.v1.Order, key: id, changelog: true}
                  others-NAME: {contract: sink.v1.Account, key: id, changelog: true}
                  changes-NAME: {contract: hippo.change.v1.ChangeEvent, partitions: 1}
                hippos:
                  bank:
                    kind: db-etl
                    source: {url: 'jdbc:postgresql://127.0.0.1:1/bank', tables: [s.accounts, s.orders, s.others], changes: changes-NAME}
                    publish: [accounts-NAME, orders-NAME, others-NAME]
                  copy:
                    kind: db-etl
                    subscribe: changes-NAME
                    destination: {LOGIN, tables: {s.accounts: SCHEMA.NAME_a, s.orders: SCHEMA.NAME_o}}
                """.replace("NAME", name)
                .replace("BROKER", kafka.bootstrapServers())
                .replace("LOGIN", login)
                .replace("SCHEMA", schema));
        PipelineCheck.Result result = PipelineCheck.of(PipelineFile.read(file(), null, Map.of()));
        if (result.hasErrors() || result.spec() == null) {
            throw new IllegalArgumentException(result.findings().toString());
        }
        this.spec = result.spec();
        this.contracts = spec.contracts();
        PipelineTopics.ensure(spec, kafka, Duration.ofSeconds(60));
        Map<String, Object> client = kafka.clientProperties("source-" + name);
        client.put("transactional.id", name);
        client.put("compression.type", "lz4");
        this.producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
    }

    private Path file() {
        return folder.resolve("pipeline.yaml");
    }

    /** What one process of the hippo is given. */
    HippoContext context() throws Exception {
        return new HippoContext(
                spec,
                spec.hippos().get("copy"),
                new StateFolder(folder.resolve("state")),
                contracts,
                kafka,
                InstantSource.system());
    }

    /** The hippo as a process of its own, with little memory. */
    Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.hippo.capture.Main",
                        "--pipeline",
                        file().toString(),
                        "--hippo",
                        "copy")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    /** What the processes have said. */
    String output() throws IOException {
        Path log = folder.resolve(".hippo/logs/copy.log");
        return Files.readString(folder.resolve("output")) + (Files.exists(log) ? Files.readString(log) : "");
    }

    private byte[] message(String type, String json) {
        try {
            return contracts.contract("sink.v1." + type).orElseThrow().json().toBytes(json);
        } catch (Exception e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    private ChangeEvent.Builder change(Op op, String table, String type, long id, String more) {
        ChangeEvent.Builder change =
                ChangeEvent.newBuilder().setOp(op).setTable(table).setContract("sink.v1." + type);
        if (op == Op.TRUNCATE) {
            return change;
        }
        change.setKey(ByteString.copyFrom(message(type, "{\"id\":" + id + "}")));
        ByteString row = ByteString.copyFrom(message(type, "{\"id\":" + id + more + "}"));
        return op == Op.DELETE ? change.setBefore(row) : change.setAfter(row);
    }

    /** A change of a table {@code accounts} or {@code others}. */
    ChangeEvent.Builder account(Op op, String table, long id, String owner, String balance) {
        return change(op, "s." + table, "Account", id, ",\"owner\":\"" + owner + "\",\"balance\":\"" + balance + "\"");
    }

    ChangeEvent.Builder account(Op op, long id, String owner, String balance) {
        return account(op, "accounts", id, owner, balance);
    }

    ChangeEvent.Builder order(Op op, long id, String amount, String note) {
        return change(op, "s.orders", "Order", id, ",\"amount\":\"" + amount + "\",\"note\":\"" + note + "\"");
    }

    /** The next changes of a transaction of the source. */
    void tell(String of, boolean ends, List<ChangeEvent.Builder> changes) {
        if (!open) {
            producer.beginTransaction();
            open = true;
        }
        if (!transaction.equals(of)) {
            transaction = of;
            index = 0;
        }
        for (int i = 0; i < changes.size(); i++) {
            ChangeEvent.Builder change = changes.get(i);
            change.getTransactionBuilder().setId(of).setIndex(index++);
            if (ends && i == changes.size() - 1) {
                byte[] log = ByteBuffer.allocate(8).putLong(++position).array();
                change.getTransactionBuilder().getEndBuilder().setLog(ByteString.copyFrom(log));
                transaction = "";
            }
            lastTold = change.build();
            last = producer.send(new ProducerRecord<>(topic, lastTold.toByteArray()));
        }
    }

    /** The last change once more, as of an application whose answer was lost. */
    void tellAgain() {
        if (!open) {
            producer.beginTransaction();
            open = true;
        }
        last = producer.send(new ProducerRecord<>(topic, lastTold.toByteArray()));
    }

    /** As after a process of the capture that ended in the middle of a snapshot. */
    void breakOff() {
        transaction = "";
    }

    /** Lets what was told be read; gives the place behind it. */
    long commit() throws Exception {
        producer.commitTransaction();
        open = false;
        return last.get().offset() + 1;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
