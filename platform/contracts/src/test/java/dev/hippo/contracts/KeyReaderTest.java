// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of several fields; {@link FieldReadersTest} has those of one. */
class KeyReaderTest {
    private static final List<String> NASTY = List.of(
            "\"", "\\", ",", "[", "]", "\",\"", "u0000", "n", "\0", "\b", "\n", "\u001f", "\u007f", "/", " ", "é", "😀",
            "\u2028");

    @TempDir
    private static Path folder;

    private static Contract contract;

    @BeforeAll
    static void compile() throws Exception {
        Files.writeString(folder.resolve("row.proto"), """
                syntax = "proto3";
                enum Color { RED = 0; BLUE = 1; }
                message Row { string a = 1; string b = 2; int64 n = 3; bytes raw = 4; bool flag = 5; Color color = 6; Inner inner = 7; }
                message Inner { string code = 1; }
                """);
        contract = ContractCompiler.compile(folder).contract("Row").orElseThrow();
    }

    private static byte[] row(String a, String b) {
        Descriptor fields = contract.descriptor();
        return DynamicMessage.newBuilder(fields)
                .setField(fields.findFieldByName("a"), a)
                .setField(fields.findFieldByName("b"), b)
                .build()
                .toByteArray();
    }

    private static String key(List<String> fields, byte[] row) {
        return text(contract.key(fields).read(row, 0, row.length));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theKeyIsAnArrayOfWhatEachFieldAloneWouldGive() throws Exception {
        byte[] row = contract.json()
                .toBytes(
                        "{\"a\":\"x\",\"n\":\"4711\",\"raw\":\"AP8=\",\"flag\":true,\"color\":\"BLUE\",\"inner\":{\"code\":\"LHR\"}}");
        assertThat(key(List.of("n", "a"), row)).isEqualTo("[\"4711\",\"x\"]");
        assertThat(key(List.of("inner.code", "raw", "flag", "color", "b"), row))
                .isEqualTo("[\"LHR\",\"AP8=\",\"true\",\"BLUE\",\"\"]");
        assertThat(key(List.of("a", "n", "color", "raw"), new byte[0])).isEqualTo("[\"\",\"0\",\"RED\",\"\"]");
        KeyReader reader = contract.key(List.of("n", "raw"));
        assertThat(reader.texts(reader.read(row, 0, row.length))).containsExactly(bytes("4711"), new byte[] {0, -1});
    }

    @Test
    void aListOfOneFieldIsThatField() {
        byte[] row = row("a \"quoted\" text", "");
        assertThat(key(List.of("a"), row)).isEqualTo("a \"quoted\" text");
        assertThat(contract.key("a").texts(bytes("[1]"))).containsExactly(bytes("[1]"));
    }

    @Test
    void textsAreEscapedOnlyWhereJsonAsksForIt() {
        assertThat(key(List.of("a", "b"), row("\"\\/\b\f\n\r\t\0\u001f\u007f", "é😀\u2028")))
                .isEqualTo("[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\",\"é😀\u2028\"]");
    }

    @Test
    void everyKeyIsJsonAndTellsItsTextsAndNoTwoRowsHaveTheSame() throws Exception {
        KeyReader reader = contract.key(List.of("a", "b"));
        Random random = new Random(1);
        Map<String, List<String>> seen = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            List<String> texts = List.of(nasty(random), nasty(random));
            byte[] row = row(texts.get(0), texts.get(1));
            byte[] key = reader.read(row, 0, row.length);
            assertThat(reader.texts(key).stream().map(KeyReaderTest::text)).isEqualTo(texts);
            ListValue.Builder json = ListValue.newBuilder();
            JsonFormat.parser().merge(text(key), json);
            assertThat(json.getValuesList().stream().map(Value::getStringValue)).isEqualTo(texts);
            List<String> before = seen.put(text(key), texts);
            assertThat(before == null || before.equals(texts)).isTrue();
        }
        assertThat(seen).hasSizeGreaterThan(5_000);
    }

    private static String nasty(Random random) {
        return String.join(
                "",
                Stream.generate(() -> NASTY.get(random.nextInt(NASTY.size())))
                        .limit(random.nextInt(4))
                        .toList());
    }

    @Test
    void aTextThatIsNotUtf8KeepsItsBytes() {
        // field 1: FF 22, field 2: 80
        byte[] row = {10, 2, -1, '"', 18, 1, -128};
        KeyReader reader = contract.key(List.of("a", "b"));
        byte[] key = reader.read(row, 0, row.length);
        assertThat(key).isEqualTo(new byte[] {'[', '"', -1, '\\', '"', '"', ',', '"', -128, '"', ']'});
        assertThat(reader.texts(key)).containsExactly(new byte[] {-1, '"'}, new byte[] {-128});
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[",
                "x",
                "[]",
                "null",
                "[\"a\"]",
                "[\"a\",\"b\",\"c\"]",
                "[\"a\", \"b\"]",
                "[\"a\",\"b\"] ",
                "[\"a\",\"b\"",
                "[\"a\",\"b\\",
                "[\"a\",\"b\\\"]",
                "[\"a\",\"\\u0061\"]",
                "[\"a\",\"\\u001F\"]",
                "[\"a\",\"\\u00\"]",
                "[\"a\",\"\\/\"]",
                "[\"a\",\"\n\"]",
                "[\"a\";\"b\"]",
                "{\"a\",\"b\"}",
                "[1,2]"
            })
    void whatIsWrittenOtherwiseIsNoKey(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(List.of("a", "b")).texts(bytes(key)))
                .withMessage("not a JSON array of 2 texts without blanks between them");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AP8", "A", "AP9=", "é", "AP8= "})
    void bytesAreBase64WithItsPadding(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(List.of("raw", "n")).texts(bytes("[\"" + text + "\",\"1\"]")));
    }

    @Test
    void aKeyOfEmptyTextsSaysNothing() {
        assertThat(contract.key("a").isEmpty(new byte[0])).isTrue();
        assertThat(contract.key(List.of("a", "raw")).isEmpty(bytes("[\"\",\"\"]")))
                .isTrue();
        assertThat(contract.key(List.of("a", "b")).isEmpty(bytes("[\"\",\"b\"]")))
                .isFalse();
        assertThat(contract.key(List.of("a", "n")).isEmpty(bytes("[\"\",\"0\"]")))
                .isFalse();
    }

    @Test
    void fieldsThatCannotBeAKeyTogetherAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(List.of("a", "n", "a")))
                .withMessage("field 'a' is named twice in the key");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(List.of("a", "inner")))
                .withMessageContaining("field 'inner' of Row is a message and cannot be a record key");
        assertThatIllegalArgumentException().isThrownBy(() -> contract.key(List.of()));
    }

    @Test
    void brokenBytesAreRefused() {
        byte[] cut = row("a", "b");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> contract.key(List.of("a", "b")).read(cut, 0, cut.length - 1))
                .withMessageContaining("not a protobuf");
    }
}
