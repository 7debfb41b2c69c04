// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.KeyReader;
import dev.hippo.flink.row.RowEncoder;
import dev.hippo.wire.EventHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Turns rows into a topic's records: value by the contract, key by the topic's key fields, event headers. Owned by one task. */
final class RecordEncoder implements KafkaRecordSerializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private static final Header SPEC_VERSION = header(EventHeaders.SPEC_VERSION, "1.0");
    private static final Header CONTENT_TYPE = header(EventHeaders.CONTENT_TYPE, "application/protobuf");

    private final TopicBinding binding;
    private final RowType type;
    private transient @Nullable RowEncoder rows;
    private transient @Nullable KeyReader key;
    private transient @Nullable StepCounters counters;
    private transient @Nullable EventIds ids;
    private transient @Nullable Header source;
    private transient @Nullable Header contract;
    private transient @Nullable Header now;
    private transient long nowMillis;
    private transient InstantSource clock = InstantSource.system();

    RecordEncoder(TopicBinding binding, RowType type) {
        this.binding = binding;
        this.type = type;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void open(SerializationSchema.InitializationContext context, KafkaSinkContext sink) {
        Contract compiled = binding.compiled();
        rows = new RowEncoder(compiled.descriptor(), type, binding.time());
        key = binding.key().isEmpty() ? null : compiled.key(binding.key());
        counters = StepCounters.of(binding.step());
        ids = new EventIds();
        source = header(EventHeaders.SOURCE, binding.source());
        contract = header(EventHeaders.TYPE, binding.contract());
        clock = InstantSource.system();
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(RowData row, KafkaSinkContext context, @Nullable Long timestamp) {
        byte[] value = Objects.requireNonNull(rows).encode(row);
        byte[] recordKey = key == null ? null : key.read(value, 0, value.length);
        boolean deletion = row.getRowKind() == RowKind.DELETE || row.getRowKind() == RowKind.UPDATE_BEFORE;
        RecordHeaders headers = new RecordHeaders(new Header[] {
            SPEC_VERSION,
            new RecordHeader(EventHeaders.ID, Objects.requireNonNull(ids).next()),
            Objects.requireNonNull(source),
            Objects.requireNonNull(contract),
            now(),
            CONTENT_TYPE
        });
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

    /** The time as text, made once per millisecond. */
    private Header now() {
        Instant instant = clock.instant();
        Header last = now;
        if (last == null || instant.toEpochMilli() != nowMillis) {
            nowMillis = instant.toEpochMilli();
            last = header(EventHeaders.TIME, Instant.ofEpochMilli(nowMillis).toString());
            now = last;
        }
        return last;
    }
}
