// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Turns a topic's records into rows. A value that does not parse is kept in the rejected topic with its place, and counted. */
final class RecordDecoder implements KafkaRecordDeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;

    private final TopicBinding binding;
    private final List<String> columns;
    private final TypeInformation<RowData> produced;
    private transient @Nullable RowDecoder rows;
    private transient @Nullable RejectedRecords rejected;
    private transient @Nullable Counter rejectedCount;
    private transient @Nullable StepCounters counters;
    private transient int keyColumn;

    RecordDecoder(TopicBinding binding, List<String> columns, TypeInformation<RowData> produced) {
        this.binding = binding;
        this.columns = List.copyOf(columns);
        this.produced = produced;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        Descriptor descriptor = binding.descriptor();
        rows = new RowDecoder(columns.stream().map(descriptor::findFieldByName).toList());
        rejected = new RejectedRecords(binding);
        rejectedCount = context.getMetricGroup().counter("hippo_rejected");
        counters = StepCounters.of(binding.hippo());
        keyColumn = binding.key() == null ? -1 : columns.indexOf(binding.key());
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RowData> out) throws IOException {
        StepCounters count = Objects.requireNonNull(counters);
        count.read(record.topic(), record.partition(), record.offset());
        GenericRowData row;
        try {
            if (record.value() != null) {
                row = Objects.requireNonNull(rows).decode(record.value());
                row.setRowKind(binding.changelog() ? RowKind.UPDATE_AFTER : RowKind.INSERT);
            } else if (binding.changelog() && record.key() != null) {
                row = deletion(record.key());
            } else {
                throw new MalformedWireException("the record has no value");
            }
        } catch (MalformedWireException e) {
            Objects.requireNonNull(rejectedCount).inc();
            count.rejected();
            Objects.requireNonNull(rejected).keep(record, String.valueOf(e.getMessage()));
            return;
        }
        out.collect(row);
    }

    /** The row of a null value: only its key is known. */
    private GenericRowData deletion(byte[] key) {
        GenericRowData row = new GenericRowData(RowKind.DELETE, columns.size());
        if (keyColumn >= 0) {
            FieldDescriptor field =
                    Objects.requireNonNull(binding.descriptor().findFieldByName(columns.get(keyColumn)));
            row.setField(keyColumn, KeyText.value(field, key));
        }
        return row;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }

    /** Reads record keys back into values; the reverse of the contracts' key reader. */
    static final class KeyText {
        private KeyText() {}

        static Object value(FieldDescriptor field, byte[] key) {
            String text = new String(key, java.nio.charset.StandardCharsets.UTF_8);
            try {
                return switch (field.getType()) {
                    case STRING, ENUM -> StringData.fromBytes(key);
                    case BYTES -> key;
                    case BOOL -> Boolean.valueOf(text);
                    case INT32, SINT32, SFIXED32 -> Integer.valueOf(text);
                    case INT64, SINT64, SFIXED64, UINT32, FIXED32 -> Long.valueOf(text);
                    default ->
                        throw new MalformedWireException(
                                "a deletion by a key of type " + field.getType() + " is not supported");
                };
            } catch (NumberFormatException e) {
                throw new MalformedWireException("the key '" + text + "' is no " + field.getType());
            }
        }
    }
}
