// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.contracts.Contract;
import dev.hippo.contracts.ContractCompiler;
import dev.hippo.contracts.MalformedWireException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The row of a deletion, of which only the record's key is known. */
class KeyColumnsTest {
    @TempDir
    private static Path folder;

    private static Contract contract;

    @BeforeAll
    static void compile() throws Exception {
        Files.writeString(folder.resolve("row.proto"), """
                syntax = "proto3";
                message Row { string name = 1; int32 place = 2; uint64 large = 3; bytes raw = 4; bool flag = 5; int64 amount = 6; }
                """);
        contract = ContractCompiler.compile(folder).contract("Row").orElseThrow();
    }

    private static GenericRowData row(List<String> key, List<String> columns, String recordKey) {
        GenericRowData row = new GenericRowData(columns.size());
        new KeyColumns(contract, key, columns).fill(row, recordKey.getBytes(StandardCharsets.UTF_8));
        return row;
    }

    @Test
    void oneFieldIsTheWholeKey() {
        assertThat(row(List.of("name"), List.of("amount", "name"), "[\"a\"]"))
                .isEqualTo(GenericRowData.of(null, StringData.fromString("[\"a\"]")));
    }

    @Test
    void eachFieldOfTheKeyGoesToItsColumn() {
        assertThat(row(
                        List.of("place", "name", "large", "raw", "flag"),
                        List.of("name", "amount", "flag", "place", "raw", "large"),
                        "[\"-7\",\"a \\\"b\\\" é\",\"18446744073709551615\",\"AP8=\",\"true\"]"))
                .isEqualTo(GenericRowData.of(
                        StringData.fromString("a \"b\" é"),
                        null,
                        true,
                        -7,
                        new byte[] {0, -1},
                        DecimalData.fromBigDecimal(new BigDecimal("18446744073709551615"), 20, 0)));
    }

    @Test
    void whatTheQueryDoesNotUseIsLeftOut() {
        assertThat(row(List.of("place", "name"), List.of("name"), "[\"1\",\"a\"]"))
                .isEqualTo(GenericRowData.of(StringData.fromString("a")));
    }

    @Test
    void aKeyThatIsNoneOfTheTopicsIsMalformed() {
        List<String> key = List.of("place", "name");
        assertThatThrownBy(() -> row(key, List.of("name", "place"), "1"))
                .isInstanceOf(MalformedWireException.class)
                .hasMessage(
                        "the key '1' is not that of place, name: not a JSON array of 2 texts without blanks between them");
        assertThatThrownBy(() -> row(key, List.of("name", "place"), "[\"a\",\"1\"]"))
                .isInstanceOf(MalformedWireException.class)
                .hasMessageContaining("the key 'a' is no INT32");
    }
}
