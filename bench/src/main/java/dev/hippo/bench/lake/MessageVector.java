// SPDX-License-Identifier: Apache-2.0
package dev.hippo.bench.lake;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A field of parsed messages as a column: what one writes who has messages and wants to use Kernel. */
record MessageVector(FieldDescriptor field, DataType type, List<@Nullable Message> rows) implements ColumnVector {

    /** The columns of a message. */
    static StructType schema(com.google.protobuf.Descriptors.Descriptor message) {
        StructType schema = new StructType();
        for (FieldDescriptor field : message.getFields()) {
            schema = schema.add(new StructField(field.getName(), type(field), true));
        }
        return schema;
    }

    private static DataType type(FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING, ENUM -> StringType.STRING;
            case INT32, SINT32 -> IntegerType.INTEGER;
            case INT64, UINT32 -> LongType.LONG;
            case DOUBLE -> DoubleType.DOUBLE;
            case BOOL -> BooleanType.BOOLEAN;
            case MESSAGE -> isTime(field) ? TimestampType.TIMESTAMP : schema(field.getMessageType());
            default -> throw new IllegalArgumentException("not in the benchmark: " + field);
        };
    }

    private static boolean isTime(FieldDescriptor field) {
        return field.getMessageType().getName().equals("Timestamp");
    }

    private Object value(int row) {
        Message message = rows.get(row);
        if (message == null) {
            throw new IllegalStateException("null at " + row);
        }
        return message.getField(field);
    }

    @Override
    public boolean isNullAt(int row) {
        Message message = rows.get(row);
        return message == null || (field.hasPresence() && !message.hasField(field));
    }

    @Override
    public String getString(int row) {
        return value(row) instanceof EnumValueDescriptor name ? name.getName() : (String) value(row);
    }

    @Override
    public int getInt(int row) {
        return (Integer) value(row);
    }

    @Override
    public long getLong(int row) {
        Object value = value(row);
        if (value instanceof Message time) {
            List<FieldDescriptor> parts = time.getDescriptorForType().getFields();
            return (Long) time.getField(parts.get(0)) * 1_000_000 + (Integer) time.getField(parts.get(1)) / 1_000;
        }
        return ((Number) value).longValue();
    }

    @Override
    public double getDouble(int row) {
        return (Double) value(row);
    }

    @Override
    public boolean getBoolean(int row) {
        return (Boolean) value(row);
    }

    @Override
    public ColumnVector getChild(int ordinal) {
        List<@Nullable Message> inner = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            inner.add(isNullAt(row) ? null : (Message) value(row));
        }
        return new MessageVector(
                field.getMessageType().getFields().get(ordinal),
                ((StructType) type).at(ordinal).getDataType(),
                inner);
    }

    @Override
    public DataType getDataType() {
        return type;
    }

    @Override
    public int getSize() {
        return rows.size();
    }

    @Override
    public void close() {
        // memory only
    }
}
