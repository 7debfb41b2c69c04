// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the wire bytes of one message type straight into Flink's rows, by a table that is indexed by field number. Fields that nobody asked for are skipped. Not thread-safe.
 */
final class RowDecoder {
    /** One field of the message: where it goes and how it is read. */
    private record Slot(
            int position,
            FieldDescriptor field,
            ValueDecoder value,
            @Nullable ValueDecoder key) {
        boolean collected() {
            return field.isRepeated();
        }
    }

    private final int width;
    private final @Nullable Slot[] slots;
    private final Object[] defaults;
    private final boolean anyCollected;

    /**
     * A decoder of some of a message's fields.
     *
     * @param fields the fields in the order of the row's columns
     */
    RowDecoder(List<FieldDescriptor> fields) {
        this.width = fields.size();
        int highest = fields.stream().mapToInt(FieldDescriptor::getNumber).max().orElse(0);
        if (highest > 100_000) {
            throw new IllegalArgumentException(
                    "field number " + highest + " is too high for a table of fields; use numbers below 100,000");
        }
        this.slots = new Slot[highest + 1];
        this.defaults = new Object[width];
        boolean collected = false;
        for (int i = 0; i < width; i++) {
            FieldDescriptor field = fields.get(i);
            slots[field.getNumber()] = slot(i, field);
            collected |= field.isRepeated();
            defaults[i] = field.isRepeated() || field.hasPresence() ? null : ValueDecoder.standard(field);
        }
        this.anyCollected = collected;
    }

    /** A decoder of all fields of a message. */
    static RowDecoder all(Descriptor message) {
        return new RowDecoder(message.getFields());
    }

    private static Slot slot(int position, FieldDescriptor field) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return new Slot(
                    position,
                    field,
                    ValueDecoder.of(entry.findFieldByNumber(2)),
                    ValueDecoder.of(entry.findFieldByNumber(1)));
        }
        return new Slot(position, field, ValueDecoder.of(field), null);
    }

    /** Decodes a whole message. Throws {@link MalformedWireException} if the bytes are none. */
    GenericRowData decode(byte[] message) {
        return decode(new WireReader(message, 0, message.length), null);
    }

    /** Decodes a message; with a row of an earlier part of the same message, merges into it. */
    GenericRowData decode(WireReader in, @Nullable Object before) {
        GenericRowData row = before instanceof GenericRowData given ? given : fresh();
        Object[] collected = anyCollected ? new Object[width] : null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            int number = tag >>> 3;
            Slot slot = number < slots.length ? slots[number] : null;
            if (slot == null) {
                in.skipValue(tag);
            } else if (collected == null || !slot.collected()) {
                if ((tag & 7) == slot.value().wireType()) {
                    row.setField(slot.position(), slot.value().read(in, row.getField(slot.position())));
                } else {
                    // not the field's wire type: protobuf keeps it as an unknown field
                    in.skipValue(tag);
                }
            } else {
                collect(slot, tag, in, collected);
            }
        }
        if (collected != null) {
            finish(row, collected);
        }
        return row;
    }

    private GenericRowData fresh() {
        GenericRowData row = new GenericRowData(width);
        for (int i = 0; i < width; i++) {
            row.setField(i, defaults[i]);
        }
        return row;
    }

    @SuppressWarnings("unchecked")
    private static void collect(Slot slot, int tag, WireReader in, Object[] collected) {
        int position = slot.position();
        ValueDecoder keys = slot.key();
        if (keys != null) {
            if ((tag & 7) != 2) {
                in.skipValue(tag);
                return;
            }
            Map<Object, Object> map =
                    collected[position] == null ? new LinkedHashMap<>() : (Map<Object, Object>) collected[position];
            entry(slot, keys, in.inner(), map);
            collected[position] = map;
            return;
        }
        List<Object> list = collected[position] == null ? new ArrayList<>() : (List<Object>) collected[position];
        collected[position] = list;
        int wireType = tag & 7;
        if (wireType == slot.value().wireType()) {
            list.add(slot.value().read(in, null));
        } else if (wireType == 2 && slot.value().packable()) {
            WireReader packed = in.inner();
            while (!packed.atEnd()) {
                list.add(slot.value().read(packed, null));
            }
        } else {
            in.skipValue(tag);
        }
    }

    private static void entry(Slot slot, ValueDecoder keys, WireReader in, Map<Object, Object> map) {
        Descriptor entry = slot.field().getMessageType();
        Object key = ValueDecoder.standard(entry.findFieldByNumber(1));
        FieldDescriptor valueField = entry.findFieldByNumber(2);
        Object value = valueField.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                ? slot.value().empty()
                : ValueDecoder.standard(valueField);
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == (1 << 3 | keys.wireType())) {
                key = keys.read(in, null);
            } else if (tag == (2 << 3 | slot.value().wireType())) {
                value = slot.value().read(in, null);
            } else {
                in.skipValue(tag);
            }
        }
        map.put(key, value);
    }

    private void finish(GenericRowData row, Object[] collected) {
        for (Slot slot : slots) {
            if (slot == null || !slot.collected()) {
                continue;
            }
            Object all = collected[slot.position()];
            Object before = row.getField(slot.position());
            if (slot.key() != null) {
                Map<Object, Object> map = new LinkedHashMap<>();
                if (before instanceof GenericMapData earlier) {
                    earlier.keyArray();
                    Object[] keys = ((GenericArrayData) earlier.keyArray()).toObjectArray();
                    for (Object key : keys) {
                        map.put(key, earlier.get(key));
                    }
                }
                if (all instanceof Map<?, ?> more) {
                    map.putAll(more);
                }
                row.setField(slot.position(), new GenericMapData(map));
            } else {
                List<Object> list = new ArrayList<>();
                if (before instanceof GenericArrayData earlier) {
                    list.addAll(java.util.Arrays.asList(earlier.toObjectArray()));
                }
                if (all instanceof List<?> more) {
                    list.addAll(more);
                }
                row.setField(slot.position(), new GenericArrayData(list.toArray()));
            }
        }
    }
}
