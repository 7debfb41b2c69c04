// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hippo.contracts.ContractCatalog;
import dev.hippo.contracts.ContractCompiler;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampType;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ColumnsTest {
    private static final String PROTO = """
            syntax = "proto3";
            package t.v1;
            import "google/protobuf/timestamp.proto";
            import "google/protobuf/wrappers.proto";
            enum Colour { NONE = 0; RED = 1; BLUE = 5; }
            message Place { string name = 1; double lat = 2; repeated string tags = 3; Point at = 4; }
            message Point { sint32 x = 1; sint64 y = 2; optional int32 z = 3; }
            message Loop { Loop again = 1; }
            message All {
              int32 i32 = 1; int64 i64 = 2; uint32 u32 = 3; uint64 u64 = 4; sint32 s32 = 5; sint64 s64 = 6;
              fixed32 f32 = 7; fixed64 f64 = 8; sfixed32 sf32 = 9; sfixed64 sf64 = 10; float fl = 11; double db = 12;
              bool yes = 13; string text = 14; bytes raw = 15; Colour colour = 16; Place place = 17;
              repeated int32 numbers = 18; repeated string texts = 19; repeated Place places = 20; repeated Colour colours = 21;
              map<string, int64> counts = 22; map<int32, Place> by_number = 23;
              google.protobuf.Timestamp at = 24; google.protobuf.Int64Value maybe = 25; google.protobuf.StringValue maybe_text = 26;
              optional string perhaps = 27; repeated google.protobuf.Timestamp times = 28; repeated double reals = 29 [packed = false];
              repeated google.protobuf.BoolValue answers = 30;
            }
            """;

    @TempDir
    static Path folder;

    private static Descriptor all;
    private static Descriptor loop;

    @BeforeAll
    static void compile() throws Exception {
        Files.writeString(folder.resolve("all.proto"), PROTO);
        ContractCatalog catalog = ContractCompiler.compile(folder);
        all = catalog.contract("t.v1.All").orElseThrow().descriptor();
        loop = catalog.contract("t.v1.Loop").orElseThrow().descriptor();
    }

    @Test
    void randomMessagesReadAsProtobufReadsThem() throws Exception {
        Random random = new Random(11);
        StructType schema = Columns.schema(all);
        MessageColumn column = new MessageColumn(schema, all);
        List<Message> taken = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            DynamicMessage message = message(all, random);
            byte[] wire = message.toByteArray();
            if (random.nextInt(5) == 0) {
                wire = joined(
                        wire,
                        DynamicMessage.newBuilder(all)
                                .setField(field("place"), message(field("place").getMessageType(), random))
                                .build()
                                .toByteArray());
            }
            column.append(wire);
            taken.add(DynamicMessage.parseFrom(all, wire));
        }
        assertThat(column.getSize()).isEqualTo(taken.size());
        for (int row = 0; row < taken.size(); row++) {
            assertThat(read(column, schema, row)).as("row %d", row).isEqualTo(expected(taken.get(row)));
        }
    }

    @Test
    void aMessageThatBreaksOffLeavesNothingInTheRowsAfterIt() throws Exception {
        Random random = new Random(12);
        StructType schema = Columns.schema(all);
        MessageColumn column = new MessageColumn(schema, all);
        List<Message> taken = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] wire = message(all, random).toByteArray();
            if (random.nextBoolean() && wire.length > 0) {
                wire = Arrays.copyOf(wire, random.nextInt(wire.length));
            } else if (random.nextInt(4) == 0) {
                // an inner message that is broken inside its own length
                wire = joined(wire, new byte[] {(byte) 0x8a, 1, 5, 0x0a, 1, 'x', 0x0a, 9});
            }
            Message parsed = parsed(wire);
            if (parsed == null) {
                refused++;
                byte[] broken = wire;
                assertThatThrownBy(() -> column.append(broken)).isInstanceOf(RuntimeException.class);
            } else {
                column.append(wire);
                taken.add(parsed);
            }
        }
        assertThat(refused).isGreaterThan(500);
        assertThat(column.getSize()).isEqualTo(taken.size());
        for (int row = 0; row < taken.size(); row++) {
            assertThat(read(column, schema, row)).as("row %d", row).isEqualTo(expected(taken.get(row)));
        }
    }

    @Test
    void threePartsOfAMessageAreMerged() throws Exception {
        byte[] wire = {(byte) 0x8a, 1, 3, 0x0a, 1, 'a', (byte) 0x8a, 1, 3, 0x1a, 1, 'b', (byte) 0x8a, 1, 3, 0x1a, 1, 'c'
        };
        StructType schema = Columns.schema(all);
        MessageColumn column = new MessageColumn(schema, all);
        column.append(wire);
        assertThat(read(column, schema, 0)).isEqualTo(expected(DynamicMessage.parseFrom(all, wire)));
    }

    @Test
    void aMessageThatContainsItselfIsRefusedByName() {
        assertThatThrownBy(() -> Columns.schema(loop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("t.v1.Loop contains itself");
    }

    private static @Nullable Message parsed(byte[] wire) {
        try {
            return DynamicMessage.parseFrom(all, wire);
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    private static FieldDescriptor field(String name) {
        return all.findFieldByName(name);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static DynamicMessage message(Descriptor type, Random random) {
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        for (FieldDescriptor field : type.getFields()) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            if (!field.isRepeated()) {
                builder.setField(field, value(field, random));
                continue;
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                builder.addRepeatedField(field, value(field, random));
            }
        }
        return builder.build();
    }

    private static Object value(FieldDescriptor field, Random random) {
        long number = random.nextBoolean() ? random.nextLong() : random.nextInt(5) - 2;
        return switch (field.getJavaType()) {
            case INT -> (int) number;
            case LONG -> number;
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextGaussian();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> "é" + "x".repeat(random.nextInt(40));
            case BYTE_STRING -> ByteString.copyFrom(new byte[random.nextInt(9)]);
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(7));
            case MESSAGE -> {
                DynamicMessage inner = message(field.getMessageType(), random);
                if (!field.getMessageType().getName().equals("Timestamp")) {
                    yield inner;
                }
                yield DynamicMessage.newBuilder(field.getMessageType())
                        .setField(field.getMessageType().findFieldByNumber(1), random.nextLong() % 62_135_596_800L)
                        .setField(field.getMessageType().findFieldByNumber(2), random.nextInt(1_000_000_000))
                        .build();
            }
        };
    }

    /** A row of the columns as plain Java values. */
    private static Map<String, @Nullable Object> read(ColumnVector struct, StructType type, int row) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (int i = 0; i < type.length(); i++) {
            values.put(type.at(i).getName(), cell(struct.getChild(i), type.at(i).getDataType(), row));
        }
        return values;
    }

    private static @Nullable Object cell(ColumnVector column, DataType type, int row) {
        if (column.isNullAt(row)) {
            return null;
        } else if (type instanceof StructType struct) {
            return read(column, struct, row);
        } else if (type instanceof ArrayType array) {
            ArrayValue value = column.getArray(row);
            List<@Nullable Object> list = new ArrayList<>();
            for (int i = 0; i < value.getSize(); i++) {
                list.add(cell(value.getElements(), array.getElementType(), i));
            }
            return list;
        } else if (type instanceof MapType map) {
            MapValue value = column.getMap(row);
            Map<@Nullable Object, @Nullable Object> entries = new HashMap<>();
            for (int i = 0; i < value.getSize(); i++) {
                entries.put(cell(value.getKeys(), map.getKeyType(), i), cell(value.getValues(), map.getValueType(), i));
            }
            return entries;
        } else if (type instanceof IntegerType) {
            return column.getInt(row);
        } else if (type instanceof LongType || type instanceof TimestampType) {
            return column.getLong(row);
        } else if (type instanceof DecimalType) {
            return column.getDecimal(row);
        } else if (type instanceof DoubleType) {
            return column.getDouble(row);
        } else if (type instanceof FloatType) {
            return column.getFloat(row);
        } else if (type instanceof BooleanType) {
            return column.getBoolean(row);
        } else if (type instanceof BinaryType) {
            return ByteString.copyFrom(column.getBinary(row));
        }
        return column.getString(row);
    }

    /** The same of a message that protobuf has read. */
    private static Map<String, @Nullable Object> expected(Message message) {
        Map<String, @Nullable Object> values = new HashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            values.put(field.getName(), expected(message, field));
        }
        return values;
    }

    private static @Nullable Object expected(Message message, FieldDescriptor field) {
        Object value = message.getField(field);
        if (field.isMapField()) {
            Map<Object, Object> entries = new HashMap<>();
            FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
            FieldDescriptor item = field.getMessageType().findFieldByNumber(2);
            for (Object entry : (List<?>) value) {
                entries.put(
                        single(key, ((Message) entry).getField(key)), single(item, ((Message) entry).getField(item)));
            }
            return entries;
        }
        if (field.isRepeated()) {
            List<Object> list = new ArrayList<>();
            ((List<?>) value).forEach(item -> list.add(single(field, item)));
            return list;
        }
        return field.hasPresence() && !message.hasField(field) ? null : single(field, value);
    }

    private static Object single(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case UINT32, FIXED32 -> Integer.toUnsignedLong((Integer) value);
            case UINT64, FIXED64 -> new BigDecimal(Long.toUnsignedString((Long) value));
            case ENUM -> {
                EnumValueDescriptor of = (EnumValueDescriptor) value;
                EnumValueDescriptor known = field.getEnumType().findValueByNumber(of.getNumber());
                yield known == null ? Integer.toString(of.getNumber()) : known.getName();
            }
            case MESSAGE -> {
                Message inner = (Message) value;
                Descriptor type = field.getMessageType();
                if (type.getFullName().equals("google.protobuf.Timestamp")) {
                    long seconds = (Long) inner.getField(type.findFieldByNumber(1));
                    int nanos = (Integer) inner.getField(type.findFieldByNumber(2));
                    yield seconds * 1_000_000 + Math.floorDiv(nanos, 1_000);
                }
                FieldDescriptor wrapped = type.findFieldByNumber(1);
                yield type.getFullName().startsWith("google.protobuf.")
                        ? single(wrapped, inner.getField(wrapped))
                        : expected(inner);
            }
            default -> value;
        };
    }
}
