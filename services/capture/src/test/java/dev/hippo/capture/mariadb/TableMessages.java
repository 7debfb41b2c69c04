// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.UnknownFieldSet;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** For each version of a table a message with a field for each of its columns whose name can be one. */
final class TableMessages implements Contracts {
    private final Map<SourceTable, Descriptor> known = new HashMap<>();

    @Override
    public synchronized Descriptor of(SourceTable table) {
        return known.computeIfAbsent(table, TableMessages::message);
    }

    private static Descriptor message(SourceTable table) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("Row");
        for (int i = 0; i < table.columns().size(); i++) {
            Column column = table.columns().get(i);
            if (column.name().matches("[A-Za-z_][A-Za-z0-9_]*")) {
                message.addField(field(column, i + 1));
            }
        }
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("row.proto")
                .setSyntax("proto3")
                .addDependency("google/protobuf/timestamp.proto")
                .addMessageType(message)
                .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[] {TimestampProto.getDescriptor()})
                    .findMessageTypeByName("Row");
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static FieldDescriptorProto field(Column column, int number) {
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder()
                .setName(column.name())
                .setNumber(number)
                .setLabel(Label.LABEL_OPTIONAL);
        if (column.type() == ColumnType.INSTANT) {
            return field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                    .setTypeName(".google.protobuf.Timestamp")
                    .build();
        }
        return field.setType(FieldDescriptorProto.Type.valueOf(
                        "TYPE_" + column.type().contractType().toUpperCase(Locale.ROOT)))
                .build();
    }

    /** The values of a row that are there, by the name of the column; bytes in hexadecimal digits. */
    Map<String, String> values(SourceTable table, byte[] row) {
        try {
            Map<String, String> values = new TreeMap<>();
            // proto3 leaves zeros out, so that the names are read from the wire
            DynamicMessage message = DynamicMessage.parseFrom(of(table), row);
            for (FieldDescriptor field : of(table).getFields()) {
                if (isThere(row, field.getNumber())) {
                    values.put(field.getName(), text(field, message.getField(field)));
                }
            }
            return values;
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isThere(byte[] row, int number) throws InvalidProtocolBufferException {
        return UnknownFieldSet.parseFrom(row).hasField(number);
    }

    private static String text(FieldDescriptor field, Object value) {
        if (value instanceof Integer number && field.getType() == FieldDescriptor.Type.UINT32) {
            return Integer.toUnsignedString(number);
        }
        if (value instanceof Long number && field.getType() == FieldDescriptor.Type.UINT64) {
            return Long.toUnsignedString(number);
        }
        if (value instanceof ByteString bytes) {
            return HexFormat.of().formatHex(bytes.toByteArray());
        }
        if (value instanceof Message message
                && message.getDescriptorForType()
                        .getFullName()
                        .equals(Timestamp.getDescriptor().getFullName())) {
            Descriptor type = message.getDescriptorForType();
            return Instant.ofEpochSecond((long) message.getField(type.findFieldByName("seconds")), (int)
                            message.getField(type.findFieldByName("nanos")))
                    .toString();
        }
        return String.valueOf(value);
    }
}
