// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Objects;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes Flink's rows as the wire bytes of one message type. NULL leaves a field out; so does, in a field without presence, its default. Not thread-safe.
 */
public final class RowEncoder {
    /** One column: how its values are got and written; with the getters of elements, keys and values where it is an array or a map. */
    private record Column(
            FieldDescriptor field,
            RowData.FieldGetter getter,
            ValueEncoder value,
            ArrayData.@Nullable ElementGetter elements,
            @Nullable ValueEncoder key,
            ArrayData.@Nullable ElementGetter keys) {}

    private final Column[] columns;
    private final WireWriter out = new WireWriter();

    /**
     * An encoder of rows of that type.
     *
     * @param type its columns are fields of the message
     * @param eventTime the field that is the event time, null for none
     */
    public RowEncoder(Descriptor message, RowType type, @Nullable String eventTime) {
        columns = new Column[type.getFieldCount()];
        for (int i = 0; i < columns.length; i++) {
            String name = type.getFieldNames().get(i);
            FieldDescriptor field = message.findFieldByName(name);
            if (field == null) {
                throw new IllegalArgumentException("message " + message.getFullName() + " has no field '" + name + "'");
            }
            ValueKind kind = name.equals(eventTime) ? ValueKind.ofEventTime(field) : null;
            columns[i] = column(field, RowData.createFieldGetter(type.getTypeAt(i), i), type.getTypeAt(i), kind);
        }
    }

    private static Column column(
            FieldDescriptor field, RowData.FieldGetter getter, LogicalType type, @Nullable ValueKind given) {
        if (field.isMapField()) {
            MapType map = (MapType) type;
            Descriptor entry = field.getMessageType();
            return new Column(
                    field,
                    getter,
                    ValueEncoder.of(entry.findFieldByNumber(2), map.getValueType()),
                    ArrayData.createElementGetter(map.getValueType()),
                    ValueEncoder.of(entry.findFieldByNumber(1), map.getKeyType()),
                    ArrayData.createElementGetter(map.getKeyType()));
        }
        if (field.isRepeated()) {
            LogicalType element = ((ArrayType) type).getElementType();
            return new Column(
                    field, getter, ValueEncoder.of(field, element), ArrayData.createElementGetter(element), null, null);
        }
        ValueKind kind = given == null ? ValueKind.of(field) : given;
        return new Column(field, getter, new ValueEncoder(field, kind, type), null, null, null);
    }

    /** The message's bytes. Throws {@link IllegalArgumentException} for a value that the contract cannot hold. */
    public byte[] encode(RowData row) {
        out.reset();
        write(row, out);
        return out.written();
    }

    void write(RowData row, WireWriter to) {
        for (Column column : columns) {
            Object value = column.getter().getFieldOrNull(row);
            if (value == null) {
                continue;
            }
            if (column.key() != null) {
                map(column, column.key(), (MapData) value, to);
            } else if (column.elements() != null) {
                array(column, column.elements(), (ArrayData) value, to);
            } else if (column.field().hasPresence() || !column.value().standard(value)) {
                to.tag(column.field().getNumber(), column.value().wireType());
                column.value().write(value, to);
            }
        }
    }

    private static void array(Column column, ArrayData.ElementGetter elements, ArrayData array, WireWriter to) {
        int number = column.field().getNumber();
        boolean packed = column.field().isPacked() && column.value().packable();
        if (packed && array.size() == 0) {
            return;
        }
        int opened = 0;
        if (packed) {
            to.tag(number, ValueKind.WireType.DELIMITED);
            opened = to.open();
        }
        for (int i = 0; i < array.size(); i++) {
            Object element = elements.getElementOrNull(array, i);
            if (element == null) {
                throw new IllegalArgumentException("element " + i + " of '"
                        + column.field().getName() + "' is NULL, which a repeated field cannot hold");
            }
            if (!packed) {
                to.tag(number, column.value().wireType());
            }
            column.value().write(element, to);
        }
        if (packed) {
            to.close(opened);
        }
    }

    private static void map(Column column, ValueEncoder keyEncoder, MapData map, WireWriter to) {
        ArrayData.ElementGetter keys = Objects.requireNonNull(column.keys());
        ArrayData.ElementGetter values = Objects.requireNonNull(column.elements());
        for (int i = 0; i < map.size(); i++) {
            Object key = keys.getElementOrNull(map.keyArray(), i);
            Object value = values.getElementOrNull(map.valueArray(), i);
            if (key == null || value == null) {
                throw new IllegalArgumentException(
                        "map '" + column.field().getName() + "' has a NULL, which a map field cannot hold");
            }
            to.tag(column.field().getNumber(), ValueKind.WireType.DELIMITED);
            int opened = to.open();
            to.tag(1, keyEncoder.wireType());
            keyEncoder.write(key, to);
            to.tag(2, column.value().wireType());
            column.value().write(value, to);
            to.close(opened);
        }
    }
}
