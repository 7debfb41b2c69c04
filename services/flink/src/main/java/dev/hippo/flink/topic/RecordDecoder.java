// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.flink.row.RowDecoder;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Turns a topic's records into rows. A value that does not parse is kept in the rejected topic with its place, and counted. Owned by one task. */
final class RecordDecoder implements KafkaRecordDeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;

    private final TopicBinding binding;
    private final List<String> columns;
    private final TypeInformation<RowData> produced;
    private final int timeColumn;
    private transient @Nullable RowDecoder rows;
    private transient @Nullable KeyColumns key;
    private transient @Nullable RejectedRecords rejected;
    private transient @Nullable Counter rejectedCount;
    private transient @Nullable StepCounters counters;
    private transient StepCounters.@Nullable Reached[] reached = {};

    RecordDecoder(TopicBinding binding, List<String> columns, TypeInformation<RowData> produced) {
        this.binding = binding;
        this.columns = List.copyOf(columns);
        this.produced = produced;
        this.timeColumn = binding.time() == null ? -1 : columns.indexOf(binding.time());
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        Contract contract = binding.compiled();
        rows = RowDecoder.of(contract.descriptor(), columns, binding.time());
        key = binding.changelog() ? new KeyColumns(contract, binding.key(), columns) : null;
        rejected = new RejectedRecords(binding);
        rejectedCount = context.getMetricGroup().counter("hippo_rejected");
        counters = StepCounters.of(binding.step());
        reached = new StepCounters.Reached[8];
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RowData> out) throws IOException {
        reached(record.partition(), record.offset());
        GenericRowData row;
        try {
            row = row(record);
        } catch (MalformedWireException e) {
            Objects.requireNonNull(rejectedCount).inc();
            Objects.requireNonNull(counters).rejected();
            Objects.requireNonNull(rejected).keep(record, String.valueOf(e.getMessage()));
            return;
        }
        out.collect(row);
    }

    private void reached(int partition, long offset) {
        if (partition >= reached.length) {
            reached = Arrays.copyOf(reached, partition + 1);
        }
        StepCounters.Reached here = reached[partition];
        if (here == null) {
            here = Objects.requireNonNull(counters).partition(binding.topic(), partition);
            reached[partition] = here;
        }
        here.read(offset);
    }

    private GenericRowData row(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            if (!binding.changelog()) {
                throw new MalformedWireException("the record has no value, and only a changelog topic has deletions");
            }
            return deletion(record);
        }
        GenericRowData row = Objects.requireNonNull(rows).decode(record.value());
        if (timeColumn >= 0 && row.getField(timeColumn) == null) {
            throw new MalformedWireException("'" + binding.time() + "' is absent, and it is the topic's event time");
        }
        row.setRowKind(binding.changelog() ? RowKind.UPDATE_AFTER : RowKind.INSERT);
        return row;
    }

    /** The row of a null value: only its key is known, and that it happened when the record was written. */
    private GenericRowData deletion(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            throw new MalformedWireException("the record has neither key nor value");
        }
        GenericRowData row = new GenericRowData(RowKind.DELETE, columns.size());
        if (timeColumn >= 0) {
            row.setField(timeColumn, TimestampData.fromEpochMillis(record.timestamp()));
        }
        Objects.requireNonNull(key).fill(row, record.key());
        return row;
    }

    /** Waits until every rejected record is in Kafka; a checkpoint must not pass over one that is not. */
    void flush() throws IOException {
        if (rejected != null) {
            rejected.flush();
        }
    }

    void close() {
        if (rejected != null) {
            rejected.close();
        }
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }
}
