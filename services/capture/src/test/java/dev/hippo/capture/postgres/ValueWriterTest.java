// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.encode.ContractMapping;
import dev.hippo.capture.encode.ImageWriter;
import dev.hippo.capture.source.ColumnType;
import dev.hippo.capture.source.SourceTable;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueWriterTest {
    private final WholeContracts contracts = new WholeContracts();

    private String told(ColumnType type, String text) throws UntellableValue {
        return told(PgType.of(type), text);
    }

    private String told(PgType type, String text) throws UntellableValue {
        SourceTable table = new SourceTable(
                "public", "t", List.of(new SourceTable.Column("v", type.type(), type.list(), true, "")), List.of());
        ImageWriter writer = new ImageWriter(ContractMapping.of(table, contracts.of(table)));
        ValueWriter values = new ValueWriter();
        // not at the array's ends, and twice, as for a key and an image
        byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.UTF_8);
        values.put(writer, 0, type, bytes, 2, bytes.length - 2);
        writer.begin();
        values.put(writer, 0, type, bytes, 2, bytes.length - 2);
        String words = contracts.text(table, writer.end());
        return words.isEmpty() ? "" : words.substring(2);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL, t, true",
        "BOOL, f, false",
        "INT32, -2147483648, -2147483648",
        "INT64, -9223372036854775808, -9223372036854775808",
        "INT64, 9223372036854775807, 9223372036854775807",
        "UINT32, 4294967295, -1",
        "UINT64, 18446744073709551615, -1",
        "DECIMAL, NaN, NaN",
        "DECIMAL, -12.340, -12.340",
        "UUID, 0b0e, 0b0e",
        "DATE, 0044-03-15 BC, 0044-03-15 BC",
        "TIME, 24:00:00, 24:00:00",
        "LOCAL_DATE_TIME, 2026-11-21 10:00:00.5, 2026-11-21T10:00:00.5",
        "LOCAL_DATE_TIME, infinity, infinity",
        "LOCAL_DATE_TIME, 0044-03-15 10:00:00 BC, 0044-03-15T10:00:00 BC",
        "ZONED_TIME, 10:00:00+02, 10:00:00+02:00",
        "ZONED_TIME, 10:00:00.25-05:45, 10:00:00.25-05:45",
        "INSTANT, 1970-01-01 00:00:00+00, 1970-01-01T00:00:00Z",
        "INSTANT, 2026-11-21 10:00:00.123456+05:45, 2026-11-21T04:15:00.123456Z",
        "INSTANT, 1883-11-18 12:03:58.000001-04:56:02, 1883-11-18T17:00:00.000001Z",
        "INSTANT, 2024-02-29 23:59:59.9-01, 2024-03-01T00:59:59.900Z",
        "INSTANT, 0001-01-01 00:00:00+00, 0001-01-01T00:00:00Z",
        "INSTANT, 9999-12-31 23:59:59.999999+00, 9999-12-31T23:59:59.999999Z",
        "INSTANT, 1900-03-01 00:00:00+00, 1900-03-01T00:00:00Z",
    })
    void aValueIsToldWhole(ColumnType type, String text, String told) throws Exception {
        assertThat(told(type, text)).isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "0.1",
                "-0.1",
                "123456789012345",
                "1234567890.12345",
                "0.000001",
                "1e+300",
                "5e-324",
                "1.7976931348623157e+308",
                "NaN",
                "Infinity",
                "-Infinity",
                "0.30000000000000004",
                "100",
                "12345678901234567890"
            })
    void aRealNumberKeepsEveryBit(String text) throws Exception {
        assertThat(told(ColumnType.DOUBLE, text)).isEqualTo(Double.toString(Double.parseDouble(text)));
        assertThat(told(ColumnType.FLOAT, text)).isEqualTo(Float.toString(Float.parseFloat(text)));
    }

    @Test
    void bytesAreReadFromTheirDigits() throws Exception {
        assertThat(told(ColumnType.BYTES, "\\x00ff7a")).isEqualTo("00ff7a");
        assertThat(told(ColumnType.BYTES, "\\x")).isEmpty();
    }

    @Test
    void aListIsToldInItsOrder() throws Exception {
        PgType texts = PgType.of(ColumnType.TEXT).listOf((byte) ',');
        assertThat(told(texts, "{}")).isEmpty();
        assertThat(told(texts, "{a,\"b c\",\"\",\"NULL\",\"\\\"\\\\,{}\",ü}"))
                .isEqualTo("[a, b c, , NULL, \"\\,{}, ü]");
        assertThat(told(PgType.of(ColumnType.INT32).listOf((byte) ','), "{1,-2,3}"))
                .isEqualTo("[1, -2, 3]");
        assertThat(told(PgType.of(ColumnType.TEXT).listOf((byte) ';'), "{(1,1),(0,0);(2,2),(1,1)}"))
                .isEqualTo("[(1,1),(0,0), (2,2),(1,1)]");
        assertThat(told(PgType.of(ColumnType.BYTES).listOf((byte) ','), "{\"\\\\x01\",\"\\\\x02ff\"}"))
                .isEqualTo("[01, 02ff]");
        assertThat(told(PgType.of(ColumnType.INSTANT).listOf((byte) ','), "{\"2026-11-21 10:00:00+00\"}"))
                .isEqualTo("[2026-11-21T10:00:00Z]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{1,NULL}|NULL in it", "{{1},{2}}|list of lists", "[0:1]={1,2}|count from 1"})
    void aListThatNoContractTellsIsRefused(String text, String why) {
        assertThatThrownBy(() -> told(PgType.of(ColumnType.INT32).listOf((byte) ','), text))
                .isInstanceOf(UntellableValue.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "infinity",
                "-infinity",
                "0044-03-15 10:00:00+00 BC",
                "10000-01-01 00:00:00+00",
                "294276-12-31 00:00:00+00"
            })
    void aMomentThatNoContractTellsIsRefused(String text) {
        assertThatThrownBy(() -> told(ColumnType.INSTANT, text))
                .isInstanceOf(UntellableValue.class)
                .hasMessageContaining("'" + text + "'");
    }
}
