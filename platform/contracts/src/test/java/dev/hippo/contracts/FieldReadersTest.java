// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldReadersTest {
    @TempDir
    private static Path folder;

    private static Contract contract;

    @BeforeAll
    static void compile() throws Exception {
        Files.writeString(folder.resolve("event.proto"), """
                syntax = "proto3";
                import "google/protobuf/timestamp.proto";
                enum Color { RED = 0; BLUE = 1; }
                message Event {
                  string text = 1; bytes raw = 2; bool flag = 3; Color color = 4;
                  int32 a = 5; int64 b = 6; uint32 c = 7; uint64 d = 8; sint32 e = 9; sint64 f = 10;
                  fixed32 g = 11; fixed64 h = 12; sfixed32 i = 13; sfixed64 j = 14;
                  Inner inner = 15; google.protobuf.Timestamp at = 16; int64 millis = 17; double real = 18; repeated int32 many = 19;
                }
                message Inner { string departure_code = 1; google.protobuf.Timestamp at = 2; }
                """);
        contract = ContractCompiler.compile(folder).contract("Event").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "text, '\"é\"', é",
        "raw, '\"aGk=\"', hi",
        "flag, true, true",
        "color, '\"BLUE\"', BLUE",
        "color, 7, 7",
        "a, -1, -1",
        "b, -9223372036854775808, -9223372036854775808",
        "c, 4294967295, 4294967295",
        "d, 18446744073709551615, 18446744073709551615",
        "e, -2147483648, -2147483648",
        "f, -9223372036854775808, -9223372036854775808",
        "g, 4294967295, 4294967295",
        "h, 18446744073709551615, 18446744073709551615",
        "i, -1, -1",
        "j, -1, -1"
    })
    void aKeyIsTheTextOfTheField(String field, String json, String key) throws Exception {
        assertThat(key(field, bytes("{\"" + field + "\": " + json + "}"))).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource({"text, ''", "raw, ''", "flag, false", "color, RED", "a, 0", "h, 0", "inner.departure_code, ''"})
    void anAbsentFieldGivesTheKeyOfItsDefault(String field, String key) {
        assertThat(key(field, new byte[0])).isEqualTo(key);
    }

    @Test
    void aKeyIsReadFromANestedMessageInTheMiddleOfABuffer() throws Exception {
        byte[] event = bytes("{\"text\": \"x\", \"inner\": {\"departureCode\": \"LHR\"}}");
        byte[] buffer = RandomEvents.joined(RandomEvents.joined(new byte[] {9, 9}, event), new byte[] {9});
        assertThat(contract.key("inner.departure_code").read(buffer, 2, event.length))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("LHR");
    }

    @Test
    void theLastOccurrenceCountsAndPartsOfAMessageAddUp() throws Exception {
        byte[] twice = RandomEvents.joined(bytes("{\"text\": \"old\"}"), bytes("{\"text\": \"new\"}"));
        assertThat(key("text", twice)).isEqualTo("new");
        byte[] parts = RandomEvents.joined(
                bytes("{\"inner\": {\"departureCode\": \"LHR\"}}"),
                bytes("{\"inner\": {\"at\": \"1970-01-01T00:00:01Z\"}}"));
        assertThat(key("inner.departure_code", parts)).isEqualTo("LHR");
        assertThat(contract.time("inner.at").readMillis(parts, 0, parts.length)).isEqualTo(1_000);
    }

    @Test
    void timesAreMilliseconds() throws Exception {
        byte[] event = bytes(
                "{\"at\": \"2001-02-03T04:05:06.789Z\", \"millis\": -5, \"inner\": {\"at\": \"1969-12-31T23:59:59.999Z\"}}");
        assertThat(millis("at", event))
                .isEqualTo(Instant.parse("2001-02-03T04:05:06.789Z").toEpochMilli());
        assertThat(millis("millis", event)).isEqualTo(-5);
        assertThat(millis("inner.at", event)).isEqualTo(-1);
        assertThat(millis("at", new byte[0])).isZero();
    }

    @Test
    void aTimeBeyondTheCalendarIsRefused() {
        byte[] event = {(byte) 0x82, 1, 10, 8, -1, -1, -1, -1, -1, -1, -1, -1, 127};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> millis("at", event))
                .withMessageContaining("years");
    }

    @Test
    void brokenBytesAreRefused() {
        byte[] cut = {10, 5, 'a'};
        assertThatIllegalArgumentException().isThrownBy(() -> key("text", cut)).withMessageContaining("not a protobuf");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> millis("at", cut))
                .withMessageContaining("not a protobuf");
    }

    @Test
    void groupsArePassedOverAsDeepAsProtobufReadsThem() throws Exception {
        byte[] text = bytes("{\"text\": \"x\"}");
        byte[] deepest = RandomEvents.joined(groups(100), text);
        assertThat(DynamicMessage.parseFrom(contract.descriptor(), deepest)
                        .getUnknownFields()
                        .asMap())
                .containsOnlyKeys(99);
        assertThat(key("text", deepest)).isEqualTo("x");
        for (int depth : new int[] {101, 1_000_000}) {
            byte[] deeper = RandomEvents.joined(groups(depth), text);
            assertThatExceptionOfType(InvalidProtocolBufferException.class)
                    .isThrownBy(() -> DynamicMessage.parseFrom(contract.descriptor(), deeper));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> key("text", deeper))
                    .withMessageContaining("more than 100 deep");
        }
    }

    @Test
    void aGroupEndsWithItsOwnNumber() {
        // field 99 begins, field 98 ends; field 99 begins and nothing follows
        byte[] crossed = {(byte) 0x9b, 6, (byte) 0x94, 6};
        byte[] open = {(byte) 0x9b, 6};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("text", crossed))
                .withMessageContaining("did not begin");
        assertThatIllegalArgumentException().isThrownBy(() -> key("text", open)).withMessageContaining("does not end");
    }

    /** Field 99 as a group in itself, so many deep. */
    private static byte[] groups(int depth) {
        byte[] nested = new byte[depth * 4];
        for (int i = 0; i < depth * 2; i++) {
            nested[i * 2] = (byte) (i < depth ? 0x9b : 0x9c);
            nested[i * 2 + 1] = 6;
        }
        return nested;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "txt                  | contract Event has no field 'txt'; did you mean 'text'?",
                "inner.departure_cod  | contract Inner has no field 'departure_cod'; did you mean 'departure_code'?",
                "inner.zzzzzz         | contract Inner has no field 'zzzzzz'; its fields are departure_code, at",
                "text.x               | field 'text' of Event has no fields inside, so 'text.x' leads nowhere",
                "many                 | field 'many' of Event is repeated, so 'many' names no single value",
                "real                 | field 'real' of Event is a double and cannot be a record key; use a string, bytes, integer, bool or enum field",
                "inner                | field 'inner' of Event is a message and cannot be a record key; use a string, bytes, integer, bool or enum field"
            })
    void aFieldThatCannotBeAKeyIsRefusedWithTheReason(String field, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(field))
                .withMessage(reason);
    }

    @Test
    void aFieldThatIsNoTimeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.time("text"))
                .withMessageStartingWith("field 'text' of Event cannot be an event time");
    }

    private static String key(String field, byte[] event) {
        return new String(contract.key(field).read(event, 0, event.length), StandardCharsets.UTF_8);
    }

    private static long millis(String field, byte[] event) {
        return contract.time(field).readMillis(event, 0, event.length);
    }

    private static byte[] bytes(String json) throws InvalidProtocolBufferException {
        return contract.json().toBytes(json);
    }
}
