// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.Descriptors.Descriptor;
import dev.hippo.contracts.KeyReader;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Turns rows into a topic's records: value by the contract, key by the topic's key field, event headers. */
final class RecordEncoder implements KafkaRecordSerializationSchema<RowData> {
    private static final long serialVersionUID = 1L;

    private final TopicBinding binding;
    private final RowType type;
    private transient @Nullable RowEncoder rows;
    private transient @Nullable KeyReader key;
    private transient @Nullable StepCounters counters;
    private transient InstantSource clock = InstantSource.system();

    RecordEncoder(TopicBinding binding, RowType type) {
        this.binding = binding;
        this.type = type;
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
        Descriptor descriptor = binding.descriptor();
        rows = new RowEncoder(descriptor, type);
        String keyField = binding.key();
        key = keyField == null ? null : binding.compiled().key(keyField);
        counters = StepCounters.of(binding.hippo());
        clock = InstantSource.system();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(RowData row, KafkaSinkContext context, @Nullable Long timestamp) {
        byte[] value = Objects.requireNonNull(rows).encode(row);
        byte[] recordKey = key == null ? null : key.read(value, 0, value.length);
        boolean deletion = row.getRowKind() == RowKind.DELETE || row.getRowKind() == RowKind.UPDATE_BEFORE;
        RecordHeaders headers = new RecordHeaders();
        add(headers, EventHeaders.SPEC_VERSION, "1.0");
        add(headers, EventHeaders.ID, UUID.randomUUID().toString());
        add(headers, EventHeaders.SOURCE, "/" + binding.hippo());
        add(headers, EventHeaders.TYPE, binding.contract());
        add(headers, EventHeaders.TIME, clock.instant().toString());
        add(headers, EventHeaders.CONTENT_TYPE, "application/protobuf");
        Objects.requireNonNull(counters).written();
        return new ProducerRecord<>(
                binding.topic(),
                null,
                // the time of writing, not the event's: Kafka deletes by it, and old events must live as long as new
                // ones
                (Long) null,
                recordKey,
                deletion ? null : value,
                headers);
    }

    private static void add(RecordHeaders headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
