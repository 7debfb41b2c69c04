// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics exclude a file only where they prove that a key is not in it. */
final class KeyRangeTest {
    @TempDir
    Path folder;

    private Contract contract;

    @BeforeEach
    void compile() throws Exception {
        Files.writeString(folder.resolve("e.proto"), """
                syntax = "proto3";
                package e;
                message Row { string text = 1; int64 n = 2; uint64 big = 3; Inner inner = 4; }
                message Inner { int32 code = 1; }
                """);
        contract = ContractCompiler.compile(folder).contract("e.Row").orElseThrow();
    }

    private boolean mayHold(String field, String statistics, String key) {
        KeyColumns keys = new KeyColumns(contract, List.of(field.split(" ", -1)));
        return KeyRange.of(keys.columns(), statistics, Map.of()).mayHold(keys.of(key.getBytes(StandardCharsets.UTF_8)));
    }

    private static String between(String column, String least, String most) {
        return "{\"minValues\":{\"" + column + "\":" + least + "},\"maxValues\":{\"" + column + "\":" + most
                + "},\"nullCount\":{\"" + column + "\":0}}";
    }

    @Test
    void numbersAreComparedAsNumbers() {
        String statistics = between("n", "-5", "10");
        assertThat(mayHold("n", statistics, "-5")).isTrue();
        assertThat(mayHold("n", statistics, "9")).isTrue();
        assertThat(mayHold("n", statistics, "11")).isFalse();
        assertThat(mayHold("n", statistics, "-6")).isFalse();
        String big = between("big", "7", "18446744073709551614");
        assertThat(mayHold("big", big, "9223372036854775808")).isTrue();
        assertThat(mayHold("big", big, "18446744073709551615")).isFalse();
        assertThat(mayHold("big", big, "6")).isFalse();
    }

    @Test
    void aTextThatBeginsWithABoundIsNotBehindIt() {
        // cut without a sign that it was
        String cut = between("text", "\"ab\"", "\"cd\"");
        assertThat(mayHold("text", cut, "cdzzz")).isTrue();
        assertThat(mayHold("text", cut, "ce")).isFalse();
        assertThat(mayHold("text", cut, "d")).isFalse();
        assertThat(mayHold("text", cut, "aazz")).isFalse();
        assertThat(mayHold("text", cut, "b")).isTrue();
        // as Spark cuts it
        assertThat(mayHold("text", between("text", "\"ab\"", "\"cd\\ufffd\""), "cdé"))
                .isTrue();
        assertThat(mayHold("text", between("text", "\"ab\"", "\"cd\\ufffd\""), "cd\ud83d\ude00"))
                .isTrue();
        assertThat(mayHold("text", between("text", "\"ab\"", "\"cd\\ufffd\""), "ce"))
                .isFalse();
    }

    @Test
    void whatIsNotToldIsNotExcluded() {
        assertThat(mayHold("n", "", "1")).isTrue();
        assertThat(mayHold("n", "no json", "1")).isTrue();
        assertThat(mayHold("n", "{\"numRecords\":5}", "1")).isTrue();
        assertThat(mayHold("n", between("n", "2", "3").replace(":0}", ":1}"), "0"))
                .as("a null stands for the default")
                .isTrue();
        assertThat(mayHold("n", between("n", "\"two\"", "2.5"), "1")).isTrue();
        assertThat(mayHold("text n", between("n", "2", "3"), "[\"any\",\"2\"]")).isTrue();
        assertThat(mayHold("text n", between("n", "2", "3"), "[\"any\",\"4\"]")).isFalse();
        assertThat(mayHold(
                        "inner.code",
                        "{\"minValues\":{\"inner\":{\"code\":2}},\"maxValues\":{\"inner\":{\"code\":3}},\"nullCount\":{\"inner\":{\"code\":0}}}",
                        "4"))
                .isFalse();
    }
}
