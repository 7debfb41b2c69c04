// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonCodecTest {
    @TempDir
    private static Path folder;

    private static JsonCodec json;

    @BeforeAll
    static void compile() throws Exception {
        Files.writeString(folder.resolve("event.proto"), """
                syntax = "proto3";
                import "google/protobuf/timestamp.proto";
                import "google/protobuf/duration.proto";
                import "google/protobuf/wrappers.proto";
                import "google/protobuf/struct.proto";
                enum Color { RED = 0; BLUE = 1; }
                message Event {
                  string text = 1; bytes raw = 2; int32 small = 3; int64 big = 4; Color color = 5;
                  google.protobuf.Timestamp at = 6; repeated Line lines = 7; map<string, int32> counts = 8;
                  oneof one { string left = 9; int32 right = 10; }
                  bool flag = 11; uint64 huge = 12; double real = 13; google.protobuf.StringValue maybe = 14;
                  map<string, Line> by_name = 15; google.protobuf.Struct free = 16; google.protobuf.Duration took = 17;
                  optional int32 perhaps = 18;
                }
                message Line { int32 pieces = 1; string article_name = 2; Line next = 3; }
                """);
        json = ContractCompiler.compile(folder).contract("Event").orElseThrow().json();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                       | {}",
                "{\"text\":\"grün 😀\"}                   | {\"text\":\"grün 😀\"}",
                "{\"raw\":\"_-8\"}                        | {\"raw\":\"/+8=\"}",
                "{\"small\":\"7\"}                        | {\"small\":7}",
                "{\"small\":1e2}                          | {\"small\":100}",
                "{\"big\":9223372036854775807}            | {\"big\":\"9223372036854775807\"}",
                "{\"big\":\"-9223372036854775808\"}       | {\"big\":\"-9223372036854775808\"}",
                "{\"huge\":18446744073709551615}          | {\"huge\":\"18446744073709551615\"}",
                "{\"color\":\"BLUE\"}                     | {\"color\":\"BLUE\"}",
                "{\"color\":1}                            | {\"color\":\"BLUE\"}",
                "{\"color\":7}                            | {\"color\":7}",
                "{\"at\":\"2001-02-03T04:05:06.5Z\"}      | {\"at\":\"2001-02-03T04:05:06.500Z\"}",
                "{\"took\":\"1.5s\"}                      | {\"took\":\"1.500s\"}",
                "{\"lines\":[{\"article_name\":\"a\"}]}   | {\"lines\":[{\"articleName\":\"a\"}]}",
                "{\"counts\":{\"a\":1}}                   | {\"counts\":{\"a\":1}}",
                "{\"byName\":{\"a\":{\"pieces\":1}}}      | {\"byName\":{\"a\":{\"pieces\":1}}}",
                "{\"real\":\"NaN\"}                       | {\"real\":\"NaN\"}",
                "{\"maybe\":\"\"}                         | {\"maybe\":\"\"}",
                "{\"perhaps\":0}                          | {\"perhaps\":0}",
                "{\"text\":null,\"lines\":null}           | {}",
                "{\"free\":{\"a\":[1,null,{\"b\":true}]}} | {\"free\":{\"a\":[1.0,null,{\"b\":true}]}}"
            })
    void whatIsWrittenCanonicallyIsReadBack(String given, String canonical) throws Exception {
        byte[] message = json.toBytes(given);
        assertThat(json.toJson(message)).isEqualTo(canonical);
        assertThat(json.toBytes(canonical)).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = true,
            value = {
                "{\"txt\":1}                              | txt: Event has no such field; did you mean 'text'?",
                "{\"lines\":[{},{\"next\":{\"x\":1}}]}    | lines[1].next.x: Line has no such field; its fields are pieces, article_name, next",
                "{\"text\":5}                             | text: expected a string, not a number",
                "{\"text\":[\"a\"]}                       | text: expected a string, not an array",
                "{\"flag\":\"true\"}                      | flag: expected true or false, not a string",
                "{\"small\":true}                         | small: expected a number, not true or false",
                "{\"small\":\"x\"}                        | small: Not an int32 value: \"x\"",
                "{\"small\":1.5}                          | small: Not an int32 value: 1.5",
                "{\"lines\":[{\"pieces\":99999999999}]}   | lines[0].pieces: Not an int32 value: 99999999999",
                "{\"counts\":{\"a\":1,\"b\":\"q\"}}       | counts[\"b\"]: Not an int32 value: \"q\"",
                "{\"byName\":{\"a\":{\"pieces\":\"q\"}}}  | byName[\"a\"].pieces: Not an int32 value: \"q\"",
                "{\"huge\":-1}                            | huge: Out of range uint64 value: -1",
                "{\"color\":\"GREEN\"}                    | color: Invalid enum value: \"GREEN\" for enum type: Color",
                "{\"at\":\"yesterday\"}                   | at: Failed to parse timestamp: \"yesterday\"",
                "{\"lines\":{\"pieces\":1}}               | lines: expected an array, not a JSON object",
                "{\"counts\":[1]}                         | counts: expected a JSON object, not an array",
                "{\"text\":\"a\",\"text\":\"b\"}          | text: the field is given twice",
                "{\"lines\":[{\"articleName\":\"a\",\"article_name\":\"b\"}]} | lines[0].article_name: the field is given twice",
                "{\"counts\":{\"a\":1,\"a\":2}}           | counts[\"a\"]: the key is given twice",
                "{\"text\":\"\\ud800x\"}                  | text: half a surrogate pair at character 0 is no text",
                "{\"text\":\"a\"} {}                      | more text follows the JSON object",
                "[]                                       | expected a JSON object, not an array",
                "null                                     | expected a JSON object, not null",
                "{\"text\":1,\"small\":\"x\",\"rawe\":0}  | text: expected a string, not a number; rawe: Event has no such field; did you mean 'raw'?"
            })
    void whatDoesNotFitIsRefusedWithItsPlace(String given, String reason) {
        assertThat(refused(given)).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{text:\"a\"}",
                "{\"text\":'a'}",
                "{\"real\":NaN}",
                "{\"small\":01}",
                "{\"text\":\"a\",}",
                "/**/{}",
                "{\"text\" \"a\"}"
            })
    void looseSyntaxIsRefusedWithLineAndColumn(String given) {
        assertThat(refused(given)).startsWith("not JSON: ").contains("line 1 column");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"''", "'   '", "{\"text\":\"a\"", "{"})
    void aTextThatBreaksOffIsRefused(String given) {
        assertThat(refused(given)).startsWith("not JSON: the text ends");
    }

    @Test
    void everyFaultOfAKindIsToldAtOnce() {
        assertThat(refused("{\"small\":\"x\",\"at\":\"y\",\"lines\":[{\"pieces\":\"z\"}]}"))
                .isEqualTo("small: Not an int32 value: \"x\"; at: Failed to parse timestamp: \"y\";"
                        + " lines[0].pieces: Not an int32 value: \"z\"");
    }

    @Test
    void twoMembersOfAOneofAreRefused() {
        assertThat(refused("{\"left\":\"a\",\"right\":1}")).contains("oneof");
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        byte[] given = "{\"text\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(catchThrowableOfType(JsonRefusedException.class, () -> json.toBytes(given)))
                .hasMessage("the text is not in UTF-8");
    }

    @Test
    void unknownFieldsOfAMessageAreLeftOutOfItsJson() throws Exception {
        byte[] known = json.toBytes("{\"text\":\"a\"}");
        byte[] unknown = {(byte) 0xf8, 7, 1};
        assertThat(json.toJson(RandomEvents.joined(unknown, known))).isEqualTo("{\"text\":\"a\"}");
    }

    @Test
    void bytesThatAreNoMessageHaveNoJson() {
        assertThat(catchThrowableOfType(
                        InvalidProtocolBufferException.class, () -> json.toJson(new byte[] {10, 5, 'a'})))
                .isNotNull();
    }

    private static String refused(String given) {
        return catchThrowableOfType(JsonRefusedException.class, () -> json.toBytes(given))
                .getMessage();
    }

    @Test
    void aTextThatIsWrongVeryOftenHasAHundredReasons() {
        String unknown = "{" + "\"x\":1,".repeat(200_000) + "\"x\":1}";
        String outOfRange = "{\"lines\":[" + "{\"pieces\":5000000000},".repeat(1_000) + "{}]}";
        for (String text : List.of(unknown, outOfRange)) {
            JsonRefusedException refused = catchThrowableOfType(JsonRefusedException.class, () -> json.toBytes(text));
            assertThat(refused.violations()).hasSize(100);
        }
    }

    @Test
    void aTextThatIsNestedVeryDeepIsRefused() {
        String line = "{\"lines\":[" + "{\"next\":".repeat(200) + "{}" + "}".repeat(200) + "]}";
        String free = "{\"free\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";
        for (String text : List.of(line, free)) {
            assertThat(catchThrowableOfType(JsonRefusedException.class, () -> json.toBytes(text)))
                    .isNotNull();
        }
    }
}
