// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.row;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.types.DataType;
import org.jspecify.annotations.Nullable;

/**
 * The SQL types of a contract's fields. Nested messages become ROW, repeated fields ARRAY, maps MAP, enums STRING (the name, or the number in decimal when it has
 * none), {@code google.protobuf.Timestamp} TIMESTAMP_LTZ(9), wrappers their nullable value, uint32 BIGINT, uint64 DECIMAL(20, 0), {@code google.protobuf.Struct} and its
 * kin STRING (JSON), a message without fields BYTES. The event time is TIMESTAMP_LTZ(3), also when it is an int64 of milliseconds.
 */
public final class ContractTypes {
    private static final String TIMESTAMP = "google.protobuf.Timestamp";
    private static final Set<String> JSON =
            Set.of("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue");
    private static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value",
            "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue",
            "google.protobuf.StringValue",
            "google.protobuf.BytesValue");

    private ContractTypes() {}

    /** What a message-typed field is in SQL. */
    enum Shape {
        ROW,
        TIMESTAMP,
        WRAPPER,
        JSON,
        BYTES
    }

    static Shape shape(FieldDescriptor field) {
        Descriptor message = field.getMessageType();
        String name = message.getFullName();
        if (name.equals(TIMESTAMP)) {
            return Shape.TIMESTAMP;
        }
        if (WRAPPERS.contains(name)) {
            return Shape.WRAPPER;
        }
        if (JSON.contains(name)) {
            return Shape.JSON;
        }
        return message.getFields().isEmpty() ? Shape.BYTES : Shape.ROW;
    }

    /**
     * The columns of a message, one per field and in the fields' order.
     *
     * @param eventTime the field that is the event time, null for none
     * @throws IllegalArgumentException if the message contains itself or a group
     */
    public static List<DataTypes.Field> columns(Descriptor message, @Nullable String eventTime) {
        List<DataTypes.Field> columns = new ArrayList<>();
        Set<String> path = new LinkedHashSet<>(Set.of(message.getFullName()));
        for (FieldDescriptor field : message.getFields()) {
            DataType type = field.getName().equals(eventTime) ? DataTypes.TIMESTAMP_LTZ(3) : type(field, path);
            columns.add(DataTypes.FIELD(field.getName(), type));
        }
        return columns;
    }

    private static DataType type(FieldDescriptor field, Set<String> path) {
        if (field.isMapField()) {
            Descriptor entry = field.getMessageType();
            return DataTypes.MAP(
                    single(entry.findFieldByNumber(1), path).notNull(), single(entry.findFieldByNumber(2), path));
        }
        return field.isRepeated() ? DataTypes.ARRAY(single(field, path)) : single(field, path);
    }

    private static DataType single(FieldDescriptor field, Set<String> path) {
        return switch (field.getType()) {
            case DOUBLE -> DataTypes.DOUBLE();
            case FLOAT -> DataTypes.FLOAT();
            case INT32, SINT32, SFIXED32 -> DataTypes.INT();
            case UINT32, FIXED32, INT64, SINT64, SFIXED64 -> DataTypes.BIGINT();
            case UINT64, FIXED64 -> DataTypes.DECIMAL(20, 0);
            case BOOL -> DataTypes.BOOLEAN();
            case STRING, ENUM -> DataTypes.STRING();
            case BYTES -> DataTypes.BYTES();
            case MESSAGE -> message(field, path);
            case GROUP ->
                throw new IllegalArgumentException("field '" + field.getFullName()
                        + "' is a group, which SQL steps do not know; make it a message field");
        };
    }

    private static DataType message(FieldDescriptor field, Set<String> path) {
        return switch (shape(field)) {
            case TIMESTAMP -> DataTypes.TIMESTAMP_LTZ(9);
            case WRAPPER -> single(field.getMessageType().findFieldByNumber(1), path);
            case JSON -> DataTypes.STRING();
            case BYTES -> DataTypes.BYTES();
            case ROW -> row(field.getMessageType(), path);
        };
    }

    private static DataType row(Descriptor message, Set<String> path) {
        if (!path.add(message.getFullName())) {
            throw new IllegalArgumentException("message " + message.getFullName() + " contains itself ("
                    + String.join(" > ", path) + " > " + message.getFullName() + "), and SQL has no type for that");
        }
        List<DataTypes.Field> inner = new ArrayList<>();
        for (FieldDescriptor each : message.getFields()) {
            inner.add(DataTypes.FIELD(each.getName(), type(each, path)));
        }
        path.remove(message.getFullName());
        return DataTypes.ROW(inner.toArray(DataTypes.Field[]::new));
    }
}
