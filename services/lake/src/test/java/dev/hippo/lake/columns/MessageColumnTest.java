// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Timestamp;
import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.MalformedWireException;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageColumnTest {
    @TempDir
    Path folder;

    private Contract contract;
    private StructType schema;
    private MessageColumn column;

    @BeforeEach
    void compile() throws Exception {
        Files.writeString(folder.resolve("c.proto"), """
                syntax = "proto3";
                package c;
                import "google/protobuf/timestamp.proto";
                import "google/protobuf/wrappers.proto";
                enum Colour { NONE = 0; RED = 1; }
                message Inner { string name = 1; repeated int32 numbers = 2; }
                message All {
                  string text = 1; sint32 small = 2; uint64 big = 3; double real = 4; bool flag = 5; bytes raw = 6;
                  Colour colour = 7; google.protobuf.Timestamp at = 8; Inner inner = 9; repeated Inner inners = 10;
                  map<string, int64> counts = 11; optional int32 maybe = 12; google.protobuf.Int32Value wrapped = 13; repeated sint64 packed = 14;
                }
                """);
        contract = ContractCompiler.compile(folder).contract("c.All").orElseThrow();
        schema = Columns.schema(contract.descriptor());
        column = new MessageColumn(schema, contract.descriptor());
    }

    private ColumnVector child(String name) {
        return column.getChild(schema.indexOf(name));
    }

    private byte[] json(String json) throws Exception {
        return contract.json().toBytes(json);
    }

    @Test
    void everyKindOfFieldIsReadFromTheWire() throws Exception {
        column.append(json("""
                {"text": "Füße", "small": -7, "big": "18446744073709551615", "real": 2.5, "flag": true, "raw": "AQI=", "colour": "RED",
                 "at": "2001-01-01T00:00:00.123456Z", "inner": {"name": "i", "numbers": [1, -2]}, "inners": [{"name": "a"}, {"numbers": [3]}],
                 "counts": {"x": "5", "y": "6"}, "maybe": 0, "wrapped": 9, "packed": ["-1", "300"]}
                """));
        assertThat(child("text").getString(0)).isEqualTo("Füße");
        assertThat(child("small").getInt(0)).isEqualTo(-7);
        assertThat(child("big").getDecimal(0)).isEqualTo(new BigDecimal("18446744073709551615"));
        assertThat(child("real").getDouble(0)).isEqualTo(2.5);
        assertThat(child("flag").getBoolean(0)).isTrue();
        assertThat(child("raw").getBinary(0)).containsExactly(1, 2);
        assertThat(child("colour").getString(0)).isEqualTo("RED");
        assertThat(child("at").getLong(0)).isEqualTo(978_307_200_123_456L);
        assertThat(child("inner").getChild(0).getString(0)).isEqualTo("i");
        assertThat(child("inner").getChild(1).getArray(0).getElements().getInt(1))
                .isEqualTo(-2);
        assertThat(child("inners").getArray(0).getSize()).isEqualTo(2);
        assertThat(child("inners").getArray(0).getElements().getChild(0).getString(1))
                .isEmpty();
        assertThat(child("counts").getMap(0).getSize()).isEqualTo(2);
        assertThat(child("counts").getMap(0).getValues().getLong(1)).isEqualTo(6);
        assertThat(child("maybe").isNullAt(0)).isFalse();
        assertThat(child("wrapped").getInt(0)).isEqualTo(9);
        assertThat(child("packed").getArray(0).getElements().getLong(1)).isEqualTo(300);
    }

    @Test
    void absentFieldsAreDefaultsOrNullsAsProto3Says() {
        column.append(new byte[0]);
        assertThat(child("text").isNullAt(0)).isFalse();
        assertThat(child("text").getString(0)).isEmpty();
        assertThat(child("colour").getString(0)).isEqualTo("NONE");
        assertThat(child("at").isNullAt(0)).isTrue();
        assertThat(child("inner").isNullAt(0)).isTrue();
        assertThat(child("maybe").isNullAt(0)).isTrue();
        assertThat(child("wrapped").isNullAt(0)).isTrue();
        assertThat(child("inners").getArray(0).getSize()).isZero();
    }

    @Test
    void theLastOfRepeatedScalarsStandsAndPartsOfAMessageAreMerged() throws Exception {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.write(json("{\"text\": \"first\", \"inner\": {\"name\": \"kept\", \"numbers\": [1]}}"));
        both.write(json("{\"text\": \"last\", \"inner\": {\"numbers\": [2]}}"));
        column.append(both.toByteArray());
        DynamicMessage expected = DynamicMessage.parseFrom(contract.descriptor(), both.toByteArray());
        assertThat(expected.toString()).contains("last", "kept");
        assertThat(child("text").getString(0)).isEqualTo("last");
        assertThat(child("inner").getChild(0).getString(0)).isEqualTo("kept");
        assertThat(child("inner").getChild(1).getArray(0).getSize()).isEqualTo(2);
    }

    @Test
    void malformedBytesLeaveTheColumnAsItWas() throws Exception {
        column.append(json("{\"text\": \"good\"}"));
        byte[] bad = json("{\"text\": \"bad\", \"inners\": [{\"name\": \"x\"}]}");
        assertThatThrownBy(() -> column.append(java.util.Arrays.copyOf(bad, bad.length - 1)))
                .isInstanceOf(MalformedWireException.class);
        column.append(json("{\"text\": \"next\"}"));
        assertThat(column.getSize()).isEqualTo(2);
        assertThat(child("text").getString(1)).isEqualTo("next");
        assertThat(child("inners").getArray(1).getSize()).isZero();
    }

    @Test
    void aTableWithMoreColumnsInAnotherOrderIsFilledByName() throws Exception {
        StructType table = new StructType(List.of(
                new StructField("gone", StringType.STRING, true),
                new StructField("small", IntegerType.INTEGER, true),
                new StructField("text", StringType.STRING, true)));
        List<StructField> all = new java.util.ArrayList<>(table.fields());
        schema.fields().stream().filter(f -> table.indexOf(f.getName()) < 0).forEach(all::add);
        MessageColumn evolved = new MessageColumn(new StructType(all), contract.descriptor());
        evolved.append(json("{\"text\": \"t\", \"small\": 3}"));
        assertThat(evolved.getChild(0).isNullAt(0)).isTrue();
        assertThat(evolved.getChild(1).getInt(0)).isEqualTo(3);
        assertThat(evolved.getChild(2).getString(0)).isEqualTo("t");
    }

    @Test
    void aTimestampIsMicrosecondsAndEarlierThan1970IsNegative() {
        column.append(at(Timestamp.newBuilder().setSeconds(-1).setNanos(500_000_000)));
        assertThat(child("at").getLong(0)).isEqualTo(-500_000);
    }

    @Test
    void aTimestampBeyondTheYear9999IsNone() {
        // as microseconds it would be another time
        byte[] far = at(Timestamp.newBuilder().setSeconds(Long.MAX_VALUE / 1_000));
        assertThatThrownBy(() -> column.append(far))
                .isInstanceOf(MalformedWireException.class)
                .hasMessageContaining("none of the years 1 to 9999");
        column.append(at(Timestamp.newBuilder().setSeconds(253_402_300_799L)));
        assertThat(child("at").getLong(0)).isEqualTo(253_402_300_799_000_000L);
    }

    private static byte[] at(Timestamp.Builder at) {
        Timestamp time = at.build();
        byte[] inner = time.toByteArray();
        byte[] message = new byte[inner.length + 2];
        message[0] = 8 << 3 | 2;
        message[1] = (byte) inner.length;
        System.arraycopy(inner, 0, message, 2, inner.length);
        return message;
    }
}
