// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** The row that a message must become, made the slow way from protobuf's own parse of it. */
final class ExpectedRow {
    private ExpectedRow() {}

    static GenericRowData of(Message message) {
        Descriptor type = message.getDescriptorForType();
        GenericRowData row = new GenericRowData(type.getFields().size());
        for (int i = 0; i < type.getFields().size(); i++) {
            row.setField(i, field(message, type.getFields().get(i)));
        }
        return row;
    }

    private static Object field(Message message, FieldDescriptor field) {
        if (field.isMapField()) {
            FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
            Map<Object, Object> map = new HashMap<>();
            for (Object entry : (List<?>) message.getField(field)) {
                Message pair = (Message) entry;
                map.put(single(key, pair.getField(key)), single(value, pair.getField(value)));
            }
            return new GenericMapData(map);
        }
        if (field.isRepeated()) {
            return new GenericArrayData(((List<?>) message.getField(field))
                    .stream().map(value -> single(field, value)).toArray());
        }
        return field.hasPresence() && !message.hasField(field) ? null : single(field, message.getField(field));
    }

    private static Object single(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case UINT32, FIXED32 -> Integer.toUnsignedLong((Integer) value);
            case UINT64, FIXED64 ->
                DecimalData.fromBigDecimal(new BigDecimal(Long.toUnsignedString((Long) value)), 20, 0);
            case STRING -> StringData.fromString((String) value);
            case BYTES -> ((ByteString) value).toByteArray();
            case ENUM -> {
                EnumValueDescriptor named = (EnumValueDescriptor) value;
                yield StringData.fromString(
                        named.getIndex() < 0 ? Integer.toString(named.getNumber()) : named.getName());
            }
            case MESSAGE -> message((Message) value);
            default -> value;
        };
    }

    private static Object message(Message value) {
        String name = value.getDescriptorForType().getFullName();
        if (name.equals("google.protobuf.Timestamp")) {
            long seconds = (Long) value.getField(value.getDescriptorForType().findFieldByNumber(1));
            int nanos = (Integer) value.getField(value.getDescriptorForType().findFieldByNumber(2));
            return TimestampData.fromEpochMillis(seconds * 1_000 + nanos / 1_000_000, nanos % 1_000_000);
        }
        if (Set.of("Int64Value", "UInt64Value", "StringValue", "BytesValue", "BoolValue")
                .contains(value.getDescriptorForType().getName())) {
            FieldDescriptor inner = value.getDescriptorForType().findFieldByNumber(1);
            return single(inner, value.getField(inner));
        }
        if (value.getDescriptorForType().getFields().isEmpty()) {
            return ((DynamicMessage) value).toByteArray();
        }
        return of(value);
    }
}
