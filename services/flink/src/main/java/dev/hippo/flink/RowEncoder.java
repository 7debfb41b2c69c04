// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.jspecify.annotations.Nullable;

/**
 * Encodes Flink's rows as the wire bytes of one message type. NULL leaves a field out; so does, in a field without presence, its default. Not thread-safe.
 */
final class RowEncoder {
    private record Column(FieldDescriptor field, RowData.FieldGetter getter, LogicalType type) {}

    private final List<Column> columns = new ArrayList<>();

    /** An encoder of rows of that type, whose columns are fields of the message. */
    RowEncoder(Descriptor message, RowType type) {
        for (int i = 0; i < type.getFieldCount(); i++) {
            FieldDescriptor field = message.findFieldByName(type.getFieldNames().get(i));
            if (field != null) {
                LogicalType columnType = type.getTypeAt(i);
                columns.add(new Column(field, RowData.createFieldGetter(columnType, i), columnType));
            }
        }
    }

    /** The message's bytes. Throws {@link IllegalArgumentException} for a value that the contract cannot hold. */
    byte[] encode(RowData row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (Column column : columns) {
                Object value = column.getter().getFieldOrNull(row);
                if (value != null) {
                    write(column.field(), column.type(), value, out);
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void write(FieldDescriptor field, LogicalType type, Object value, CodedOutputStream out)
            throws IOException {
        if (field.isMapField()) {
            map(field, (MapType) type, (MapData) value, out);
        } else if (field.isRepeated()) {
            array(field, (ArrayType) type, (ArrayData) value, out);
        } else if (field.hasPresence() || !ValueDecoder.standard(field).equals(value)) {
            single(field, type, value, out);
        }
    }

    private void array(FieldDescriptor field, ArrayType type, ArrayData array, CodedOutputStream out)
            throws IOException {
        ArrayData.ElementGetter getter = ArrayData.createElementGetter(type.getElementType());
        for (int i = 0; i < array.size(); i++) {
            Object element = getter.getElementOrNull(array, i);
            if (element == null) {
                throw new IllegalArgumentException(
                        "element " + i + " of '" + field.getName() + "' is NULL, which a repeated field cannot hold");
            }
            single(field, type.getElementType(), element, out);
        }
    }

    private void map(FieldDescriptor field, MapType type, MapData map, CodedOutputStream out) throws IOException {
        ArrayData.ElementGetter keys = ArrayData.createElementGetter(type.getKeyType());
        ArrayData.ElementGetter values = ArrayData.createElementGetter(type.getValueType());
        FieldDescriptor keyField = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor valueField = field.getMessageType().findFieldByNumber(2);
        for (int i = 0; i < map.size(); i++) {
            Object key = keys.getElementOrNull(map.keyArray(), i);
            Object value = values.getElementOrNull(map.valueArray(), i);
            if (key == null || value == null) {
                throw new IllegalArgumentException(
                        "map '" + field.getName() + "' has a NULL, which a map field cannot hold");
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream entry = CodedOutputStream.newInstance(bytes);
            single(keyField, type.getKeyType(), key, entry);
            single(valueField, type.getValueType(), value, entry);
            entry.flush();
            out.writeByteArray(field.getNumber(), bytes.toByteArray());
        }
    }

    private static void single(FieldDescriptor field, LogicalType type, Object value, CodedOutputStream out)
            throws IOException {
        int number = field.getNumber();
        switch (field.getType()) {
            case DOUBLE -> out.writeDouble(number, (Double) value);
            case FLOAT -> out.writeFloat(number, (Float) value);
            case INT32 -> out.writeInt32(number, (Integer) value);
            case SINT32 -> out.writeSInt32(number, (Integer) value);
            case SFIXED32 -> out.writeSFixed32(number, (Integer) value);
            case UINT32 -> out.writeUInt32(number, unsigned32(field, (Long) value));
            case FIXED32 -> out.writeFixed32(number, unsigned32(field, (Long) value));
            case INT64 -> out.writeInt64(number, (Long) value);
            case SINT64 -> out.writeSInt64(number, (Long) value);
            case SFIXED64 -> out.writeSFixed64(number, (Long) value);
            case UINT64 -> out.writeUInt64(number, unsigned64(field, (DecimalData) value));
            case FIXED64 -> out.writeFixed64(number, unsigned64(field, (DecimalData) value));
            case BOOL -> out.writeBool(number, (Boolean) value);
            case STRING -> out.writeString(number, value.toString());
            case ENUM -> out.writeEnum(number, enumNumber(field, value.toString()));
            case BYTES -> out.writeByteArray(number, (byte[]) value);
            case MESSAGE -> out.writeByteArray(number, message(field, type, value));
            case GROUP ->
                throw new IllegalArgumentException(
                        "field '" + field.getName() + "' is a group, which SQL steps do not write");
        }
    }

    private static byte[] message(FieldDescriptor field, LogicalType type, Object value) throws IOException {
        if (value instanceof TimestampData timestamp) {
            return timestamp(timestamp);
        }
        if (ContractTypes.isWrapper(field)) {
            FieldDescriptor inner = field.getMessageType().findFieldByNumber(1);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            if (!ValueDecoder.standard(inner).equals(value)) {
                single(inner, type, value, out);
            }
            out.flush();
            return bytes.toByteArray();
        }
        return new RowEncoder(field.getMessageType(), (RowType) type).encode((RowData) value);
    }

    private static byte[] timestamp(TimestampData timestamp) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(16);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        long seconds = Math.floorDiv(timestamp.getMillisecond(), 1_000L);
        int nanos =
                (int) Math.floorMod(timestamp.getMillisecond(), 1_000L) * 1_000_000 + timestamp.getNanoOfMillisecond();
        if (seconds != 0) {
            out.writeInt64(1, seconds);
        }
        if (nanos != 0) {
            out.writeInt32(2, nanos);
        }
        out.flush();
        return bytes.toByteArray();
    }

    private static int unsigned32(FieldDescriptor field, long value) {
        if (value < 0 || value > 0xffffffffL) {
            throw new IllegalArgumentException(value + " does not fit the uint32 field '" + field.getName() + "'");
        }
        return (int) value;
    }

    private static long unsigned64(FieldDescriptor field, DecimalData value) {
        BigDecimal decimal = value.toBigDecimal();
        if (decimal.signum() < 0 || decimal.toBigInteger().bitLength() > 64) {
            throw new IllegalArgumentException(decimal + " does not fit the uint64 field '" + field.getName() + "'");
        }
        return decimal.toBigInteger().longValue();
    }

    private static int enumNumber(FieldDescriptor field, String name) {
        @Nullable EnumValueDescriptor value = field.getEnumType().findValueByName(name);
        if (value != null) {
            return value.getNumber();
        }
        if (name.matches("-?[0-9]{1,10}")) {
            return Integer.parseInt(name);
        }
        throw new IllegalArgumentException("'" + name + "' is no value of enum "
                + field.getEnumType().getFullName() + " (field '" + field.getName() + "')");
    }
}
