// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampProto;
import dev.hippo.capture.encode.Contracts;
import dev.hippo.capture.source.SourceTable;
import dev.hippo.capture.source.SourceTable.Column;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A contract for each table, with all its columns whose names a contract can have. */
final class WholeContracts implements Contracts {
    private final Map<SourceTable, Descriptor> contracts = new ConcurrentHashMap<>();

    @Override
    public Descriptor of(SourceTable table) {
        return contracts.computeIfAbsent(table, WholeContracts::make);
    }

    private static Descriptor make(SourceTable table) {
        DescriptorProto.Builder message = DescriptorProto.newBuilder().setName("Row");
        int number = 0;
        for (Column column : table.columns()) {
            number++;
            if (column.name().matches("[A-Za-z_][A-Za-z0-9_]*")) {
                FieldDescriptorProto.Builder field = message.addFieldBuilder()
                        .setName(column.name())
                        .setNumber(number)
                        .setLabel(
                                column.list()
                                        ? FieldDescriptorProto.Label.LABEL_REPEATED
                                        : FieldDescriptorProto.Label.LABEL_OPTIONAL);
                String type = column.type().contractType();
                if (type.contains(".")) {
                    field.setType(FieldDescriptorProto.Type.TYPE_MESSAGE).setTypeName("." + type);
                } else {
                    field.setType(FieldDescriptorProto.Type.valueOf("TYPE_" + type.toUpperCase(Locale.ROOT)));
                }
            }
        }
        FileDescriptorProto file = FileDescriptorProto.newBuilder()
                .setName("row.proto")
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

    /** Such as {@code id=1 names=[a, b]}. */
    String text(SourceTable table, byte[] row) {
        if (row == null) {
            return "none";
        }
        try {
            return DynamicMessage.parseFrom(of(table), row).getAllFields().entrySet().stream()
                    .map(field -> field.getKey().getName() + "=" + value(field.getValue()))
                    .collect(Collectors.joining(" "));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object value(Object value) {
        if (value instanceof List<?> list) {
            List<Object> values = new ArrayList<>();
            list.forEach(one -> values.add(value(one)));
            return values;
        }
        if (value instanceof ByteString bytes) {
            return HexFormat.of().formatHex(bytes.toByteArray());
        }
        if (value instanceof DynamicMessage message) {
            Object seconds =
                    message.getField(message.getDescriptorForType().findFieldByNumber(Timestamp.SECONDS_FIELD_NUMBER));
            Object nanos =
                    message.getField(message.getDescriptorForType().findFieldByNumber(Timestamp.NANOS_FIELD_NUMBER));
            return Instant.ofEpochSecond((Long) seconds, (Integer) nanos);
        }
        return value;
    }
}
