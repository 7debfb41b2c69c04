// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class DigitsTest {
    private static String text(String bytes, BiConsumer<Digits, byte[]> write) {
        Digits digits = new Digits();
        digits.begin();
        write.accept(digits, HexFormat.of().parseHex(bytes));
        return new String(digits.bytes(), 0, digits.length(), StandardCharsets.US_ASCII);
    }

    private static String decimal(String bytes, int precision, int scale) {
        assertThat(Digits.decimalLength(precision, scale)).isEqualTo(bytes.length() / 2);
        return text(bytes, (digits, row) -> digits.decimal(row, 0, precision, scale));
    }

    private static String time(String bytes, int fraction) {
        return text(bytes, (digits, row) -> digits.time(row, 0, fraction));
    }

    private static String dateTime(String bytes, int fraction) {
        return text(bytes, (digits, row) -> digits.dateTime(row, 0, fraction));
    }

    @Test
    void aDecimalKeepsAllItsDigits() {
        assertThat(decimal("810dfb38d204d2", 14, 4)).isEqualTo("1234567890.1234");
        assertThat(decimal("7ef204c72dfb2d", 14, 4)).isEqualTo("-1234567890.1234");
        assertThat(decimal("8000000000", 10, 0)).isEqualTo("0");
        assertThat(decimal("8000000000", 10, 1)).isEqualTo("0.0");
        assertThat(decimal("80000001", 9, 0)).isEqualTo("1");
        assertThat(decimal("7ffffffe", 9, 0)).isEqualTo("-1");
        assertThat(decimal("8032", 4, 2)).isEqualTo("0.50");
        assertThat(decimal("8a0000000000000005", 20, 9)).isEqualTo("10000000000.000000005");
    }

    @Test
    void aTimeMayBeNegativeAndLongerThanADay() {
        assertThat(time("800000", 0)).isEqualTo("00:00:00");
        assertThat(time("b46efb", 0)).isEqualTo("838:59:59");
        assertThat(time("4b9105", 0)).isEqualTo("-838:59:59");
        assertThat(time("80000107a120", 6)).isEqualTo("00:00:01.500000");
        assertThat(time("7ffffef85ee0", 6)).isEqualTo("-00:00:01.500000");
        assertThat(time("7fffffce", 2)).isEqualTo("-00:00:00.50");
    }

    @Test
    void aDateAndTimeMayBeZero() {
        assertThat(dateTime("8000000000", 0)).isEqualTo("0000-00-00T00:00:00");
        assertThat(dateTime("99bb6b400101e240", 6)).isEqualTo("2026-11-21T20:00:01.123456");
    }

    @Test
    void aDateOfThreeBytes() {
        assertThat(text("000000", (digits, row) -> digits.date(row, 0))).isEqualTo("0000-00-00");
        assertThat(text("75d50f", (digits, row) -> digits.date(row, 0))).isEqualTo("2026-11-21");
        assertThat(text("9f1f4e", (digits, row) -> digits.date(row, 0))).isEqualTo("9999-12-31");
    }
}
