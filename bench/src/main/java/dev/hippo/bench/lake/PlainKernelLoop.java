// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.hippo.contracts.ContractCompiler;
import io.delta.kernel.DataWriteContext;
import io.delta.kernel.Operation;
import io.delta.kernel.Table;
import io.delta.kernel.Transaction;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.defaults.internal.data.DefaultColumnarBatch;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterable;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A process that lands a topic in a table as one would write it with Kernel's own means: parse to messages, vectors over them, one commit
 * after so many bytes. No offsets in the table, nothing exactly once. Arguments: Kafka, topic, contracts folder, contract, table, bytes of a commit.
 */
public final class PlainKernelLoop {
    private PlainKernelLoop() {}

    public static void main(String[] args) throws Exception {
        Descriptor contract = ContractCompiler.compile(Path.of(args[2]))
                .contract(args[3])
                .orElseThrow()
                .descriptor();
        long commitBytes = Long.parseLong(args[5]);
        Engine engine = DefaultEngine.create(new Configuration());
        Table table = Table.forPath(engine, args[4]);
        StructType schema = MessageVector.schema(contract);
        table.createTransactionBuilder(engine, "bench", Operation.CREATE_TABLE)
                .withSchema(engine, schema)
                .build(engine)
                .commit(engine, CloseableIterable.emptyIterable());
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(args[0], args[1])) {
            List<@Nullable Message> rows = new ArrayList<>();
            long bytes = 0;
            while (true) {
                Iterable<ConsumerRecord<byte[], byte[]>> polled = consumer.poll(Duration.ofMillis(100));
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    rows.add(DynamicMessage.parseFrom(contract, record.value()));
                    bytes += record.value().length;
                }
                boolean atEnd = !rows.isEmpty() && !polled.iterator().hasNext();
                if (bytes >= commitBytes || atEnd) {
                    commit(engine, table, contract, schema, rows);
                    rows = new ArrayList<>();
                    bytes = 0;
                }
            }
        }
    }

    /** A consumer of all partitions from the beginning, with the lake writer's settings. */
    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, String topic) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        settings.put("max.poll.records", 20_000);
        settings.put("fetch.max.bytes", 16 << 20);
        settings.put("max.partition.fetch.bytes", 4 << 20);
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    private static void commit(
            Engine engine, Table table, Descriptor contract, StructType schema, List<@Nullable Message> rows)
            throws Exception {
        ColumnVector[] columns = new ColumnVector[schema.length()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] =
                    new MessageVector(contract.getFields().get(i), schema.at(i).getDataType(), rows);
        }
        FilteredColumnarBatch batch =
                new FilteredColumnarBatch(new DefaultColumnarBatch(rows.size(), schema, columns), Optional.empty());
        Transaction transaction =
                table.createTransactionBuilder(engine, "bench", Operation.WRITE).build(engine);
        Row state = transaction.getTransactionState(engine);
        DataWriteContext context = Transaction.getWriteContext(engine, state, Map.of());
        try (CloseableIterator<FilteredColumnarBatch> physical = Transaction.transformLogicalData(
                        engine, state, Utils.singletonCloseableIterator(batch), Map.of());
                CloseableIterator<DataFileStatus> files = engine.getParquetHandler()
                        .writeParquetFiles(context.getTargetDirectory(), physical, context.getStatisticsColumns());
                CloseableIterator<Row> actions = Transaction.generateAppendActions(engine, state, files, context)) {
            transaction.commit(engine, CloseableIterable.inMemoryIterable(actions));
        }
    }
}
