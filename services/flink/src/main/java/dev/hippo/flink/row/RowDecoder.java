// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.contracts.MalformedWireException;
import dev.hippo.contracts.WireReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the wire bytes of one message type straight into Flink's rows, by a table that is indexed by field number. Fields that nobody asked for are skipped: what the
 * step does not read, it does not judge. Not thread-safe.
 */
public final class RowDecoder {
    /**
     * One field of the message: where it goes and how it is read.
     *
     * @param rivals positions of the other members of its oneof, which it clears
     */
    private record Slot(
            int position,
            boolean repeated,
            ValueDecoder value,
            @Nullable ValueDecoder key,
            int[] rivals) {}

    private static final int HIGHEST_IN_TABLE = 4_096;

    private final int width;
    private final Slot[] columns;
    /** By field number; those above the table are looked for in the columns. */
    private final @Nullable Slot[] slots;

    private final int[] numbers;
    private final Object[] defaults;
    private final boolean anyRepeated;

    private RowDecoder(List<FieldDescriptor> fields, @Nullable String eventTime) {
        this.width = fields.size();
        this.columns = new Slot[width];
        this.numbers = fields.stream().mapToInt(FieldDescriptor::getNumber).toArray();
        int highest = Arrays.stream(numbers)
                .filter(number -> number <= HIGHEST_IN_TABLE)
                .max()
                .orElse(0);
        this.slots = new Slot[highest + 1];
        this.defaults = new Object[width];
        boolean repeated = false;
        for (int i = 0; i < width; i++) {
            FieldDescriptor field = fields.get(i);
            ValueKind kind = field.getName().equals(eventTime) ? ValueKind.ofEventTime(field) : null;
            columns[i] = slot(i, fields, kind);
            if (numbers[i] < slots.length) {
                slots[numbers[i]] = columns[i];
            }
            repeated |= field.isRepeated();
            defaults[i] = field.isRepeated() || field.hasPresence()
                    ? null
                    : (kind == null ? ValueKind.of(field) : kind).standard(field);
        }
        this.anyRepeated = repeated;
    }

    /**
     * A decoder of some of a message's fields.
     *
     * @param columns the fields' names in the order of the row's columns
     * @param eventTime the field that is the event time, null for none
     */
    public static RowDecoder of(Descriptor message, List<String> columns, @Nullable String eventTime) {
        return new RowDecoder(columns.stream().map(message::findFieldByName).toList(), eventTime);
    }

    /** A decoder of all fields of a message. */
    public static RowDecoder all(Descriptor message) {
        return new RowDecoder(message.getFields(), null);
    }

    private static Slot slot(int position, List<FieldDescriptor> fields, @Nullable ValueKind given) {
        FieldDescriptor field = fields.get(position);
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return new Slot(
                    position,
                    true,
                    ValueDecoder.of(entry.findFieldByNumber(2)),
                    ValueDecoder.of(entry.findFieldByNumber(1)),
                    new int[0]);
        }
        List<Integer> rivals = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (i != position
                    && field.getRealContainingOneof() != null
                    && field.getRealContainingOneof() == fields.get(i).getRealContainingOneof()) {
                rivals.add(i);
            }
        }
        return new Slot(
                position,
                field.isRepeated(),
                new ValueDecoder(field, given == null ? ValueKind.of(field) : given),
                null,
                rivals.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Decodes a whole message. Throws {@link MalformedWireException} if the bytes are none. */
    public GenericRowData decode(byte[] message) {
        return decode(new WireReader(message, 0, message.length), null);
    }

    /** Decodes a message; with a row of an earlier part of the same message, merges into it. */
    GenericRowData decode(WireReader in, @Nullable Object before) {
        GenericRowData row = before instanceof GenericRowData given ? given : fresh();
        Object[] collected = anyRepeated ? new Object[width] : null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            Slot slot = slot(tag >>> 3);
            if (slot == null) {
                in.skipValue(tag);
            } else if (collected != null && slot.repeated()) {
                collect(slot, tag, in, collected);
            } else if ((tag & 7) == slot.value().wireType()) {
                for (int rival : slot.rivals()) {
                    row.setField(rival, null);
                }
                row.setField(slot.position(), slot.value().read(in, row.getField(slot.position())));
            } else {
                // not the field's wire type: protobuf keeps it as an unknown field
                in.skipValue(tag);
            }
        }
        if (collected != null) {
            finish(row, collected);
        }
        return row;
    }

    private @Nullable Slot slot(int number) {
        if (number < slots.length) {
            return slots[number];
        }
        for (int i = 0; i < width; i++) {
            if (numbers[i] == number) {
                return columns[i];
            }
        }
        return null;
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
        int wireType = tag & 7;
        ValueDecoder keys = slot.key();
        if (keys != null) {
            if (wireType != ValueKind.WireType.DELIMITED) {
                in.skipValue(tag);
                return;
            }
            if (collected[position] == null) {
                collected[position] = new LinkedHashMap<>();
            }
            entry(slot.value(), keys, in.inner(), (Map<Object, Object>) collected[position]);
            return;
        }
        if (collected[position] == null) {
            collected[position] = new ArrayList<>();
        }
        List<Object> list = (List<Object>) collected[position];
        if (wireType == slot.value().wireType()) {
            list.add(slot.value().read(in, null));
        } else if (wireType == ValueKind.WireType.DELIMITED && slot.value().packable()) {
            WireReader packed = in.inner();
            while (!packed.atEnd()) {
                list.add(slot.value().read(packed, null));
            }
        } else {
            in.skipValue(tag);
        }
    }

    private static void entry(ValueDecoder values, ValueDecoder keys, WireReader in, Map<Object, Object> map) {
        Object key = keys.absent();
        Object value = null;
        for (int tag = in.tag(); tag != 0; tag = in.tag()) {
            if (tag == (1 << 3 | keys.wireType())) {
                key = keys.read(in, null);
            } else if (tag == (2 << 3 | values.wireType())) {
                value = values.read(in, value);
            } else {
                in.skipValue(tag);
            }
        }
        map.put(key, value == null ? values.absent() : value);
    }

    private void finish(GenericRowData row, Object[] collected) {
        for (Slot slot : columns) {
            if (!slot.repeated()) {
                continue;
            }
            Object all = collected[slot.position()];
            Object before = row.getField(slot.position());
            if (slot.key() != null) {
                Map<Object, Object> map = new LinkedHashMap<>();
                if (before instanceof GenericMapData earlier) {
                    for (Object key : ((GenericArrayData) earlier.keyArray()).toObjectArray()) {
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
                    list.addAll(Arrays.asList(earlier.toObjectArray()));
                }
                if (all instanceof List<?> more) {
                    list.addAll(more);
                }
                row.setField(slot.position(), new GenericArrayData(list.toArray()));
            }
        }
    }
}
