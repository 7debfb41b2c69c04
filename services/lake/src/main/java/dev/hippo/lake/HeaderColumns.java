// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.columns.BytesColumn;
import dev.hippo.lake.columns.Column;
import dev.hippo.lake.columns.LongColumn;
import dev.hippo.wire.EventHeaders;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampType;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Where an event came from, as columns beside its own: id, trace, receive time, topic place. Not thread-safe. */
final class HeaderColumns implements SideColumns {
    static final List<StructField> FIELDS = List.of(
            new StructField("_event_id", StringType.STRING, true),
            new StructField("_traceparent", StringType.STRING, true),
            new StructField("_received_at", StringType.STRING, true),
            new StructField("_timestamp", TimestampType.TIMESTAMP, true),
            new StructField("_partition", IntegerType.INTEGER, true),
            new StructField("_offset", LongType.LONG, true));

    private final BytesColumn eventId = new BytesColumn(StringType.STRING);
    private final BytesColumn traceParent = new BytesColumn(StringType.STRING);
    private final BytesColumn receivedAt = new BytesColumn(StringType.STRING);
    private final LongColumn timestamp = new LongColumn(TimestampType.TIMESTAMP);
    private final LongColumn partition = new LongColumn(IntegerType.INTEGER);
    private final LongColumn offset = new LongColumn(LongType.LONG);
    private final List<Column> columns = List.of(eventId, traceParent, receivedAt, timestamp, partition, offset);

    void append(ConsumerRecord<byte[], byte[]> record) {
        append(eventId, record, EventHeaders.ID);
        append(traceParent, record, EventHeaders.TRACE_PARENT);
        append(receivedAt, record, EventHeaders.TIME);
        timestamp.append(record.timestamp() * 1_000);
        partition.append(record.partition());
        offset.append(record.offset());
    }

    private static void append(BytesColumn column, ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null) {
            column.appendNull();
        } else {
            column.append(header.value());
        }
    }

    @Override
    public List<StructField> fields() {
        return FIELDS;
    }

    @Override
    public List<Column> values() {
        return columns;
    }
}
