// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.wire.EventHeaders;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.TimestampType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Where an event came from, as columns beside its own: id, trace, receive time, topic place. Not thread-safe. */
final class HeaderColumns {
    static final List<StructField> FIELDS = List.of(
            new StructField("_event_id", StringType.STRING, true),
            new StructField("_traceparent", StringType.STRING, true),
            new StructField("_received_at", StringType.STRING, true),
            new StructField("_timestamp", TimestampType.TIMESTAMP, true),
            new StructField("_partition", IntegerType.INTEGER, true),
            new StructField("_offset", LongType.LONG, true));

    private final List<List<@Nullable Object>> values = new ArrayList<>();

    HeaderColumns() {
        FIELDS.forEach(field -> values.add(new ArrayList<>()));
    }

    void append(ConsumerRecord<byte[], byte[]> record) {
        values.get(0).add(text(record, EventHeaders.ID));
        values.get(1).add(text(record, EventHeaders.TRACE_PARENT));
        values.get(2).add(text(record, EventHeaders.TIME));
        values.get(3).add(record.timestamp() * 1_000);
        values.get(4).add((long) record.partition());
        values.get(5).add(record.offset());
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    Map<String, ColumnVector> columns() {
        Map<String, ColumnVector> columns = new LinkedHashMap<>();
        for (int i = 0; i < FIELDS.size(); i++) {
            columns.put(FIELDS.get(i).getName(), new Values(FIELDS.get(i).getDataType(), values.get(i)));
        }
        return columns;
    }

    private record Values(DataType type, List<@Nullable Object> values) implements ColumnVector {
        @Override
        public DataType getDataType() {
            return type;
        }

        @Override
        public int getSize() {
            return values.size();
        }

        @Override
        public boolean isNullAt(int row) {
            return values.get(row) == null;
        }

        @Override
        public String getString(int row) {
            return String.valueOf(values.get(row));
        }

        @Override
        public long getLong(int row) {
            return values.get(row) instanceof Long number ? number : 0;
        }

        @Override
        public int getInt(int row) {
            return (int) getLong(row);
        }

        @Override
        public void close() {
            // memory only
        }
    }
}
