// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What becomes of a value, and of one that does not fit. */
class ValuesTest {
    private static void unfit(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(UnfitValue.class).hasMessageContaining(message);
    }

    @Test
    void wholeNumbersStayInTheirBounds() throws Exception {
        assertThat(Values.whole("-7", 32, true)).isEqualTo(-7);
        assertThat(Values.whole(new BigDecimal("12.00"), 32, true)).isEqualTo(12);
        assertThat(Values.whole(new BigInteger("18446744073709551615"), 64, false))
                .isEqualTo(-1);
        unfit(() -> Values.whole(1L << 31, 32, true), "'2147483648' is not between -2147483648 and 2147483647");
        unfit(() -> Values.whole(-1, 64, false), "'-1' is not between 0 and 18446744073709551615");
        unfit(() -> Values.whole("1e999999999", 64, true), "is too large");
        unfit(() -> Values.whole("seven", 64, true), "'seven' is no whole number");
        unfit(() -> Values.whole(1.5, 64, true), "'1.5' is not whole");
        unfit(() -> Values.whole(true, 64, true), "'true' is no number");
    }

    @Test
    void otherNumbersAreNotCutUnseen() throws Exception {
        assertThat(Values.real("0.1", false)).isEqualTo(0.1);
        assertThat((float) Values.real(new BigDecimal("0.1"), true)).isEqualTo(0.1f);
        assertThat(Values.real("NaN", true)).isNaN();
        unfit(() -> Values.real(0.1, true), "has more digits than a float");
        unfit(() -> Values.real("1e99", true), "'1e99' is too large");
        unfit(() -> Values.real("much", false), "'much' is no number");
    }

    @Test
    void truthsAndTexts() throws Exception {
        assertThat(Values.bool("T")).isTrue();
        assertThat(Values.bool(0)).isFalse();
        unfit(() -> Values.bool("yes"), "'yes' is neither true nor false");
        assertThat(Values.text(new BigDecimal("1E+3"))).asString().isEqualTo("1000");
        assertThat(Values.text(LocalDateTime.of(2026, 11, 21, 10, 0)))
                .asString()
                .isEqualTo("2026-11-21T10:00:00");
        assertThat(Values.text(LocalTime.of(10, 0))).asString().isEqualTo("10:00:00");
        unfit(() -> Values.text(new byte[3]), "3 bytes is no text");
        unfit(() -> Values.text("\ud800"), "has half a character");
        assertThat(Values.bytes("AQI=")).containsExactly(1, 2);
        unfit(() -> Values.bytes("?"), "'?' is no base 64");
        unfit(() -> Values.bytes(7), "'7' is no bytes");
    }

    @Test
    void momentsAreOfUtcWhereTheyHaveNoZone() throws Exception {
        Instant ten = Instant.parse("2026-11-21T10:00:00.5Z");
        assertThat(Values.instant("2026-11-21T10:00:00.5")).isEqualTo(ten);
        assertThat(Values.instant("2026-11-21 10:00:00.5")).isEqualTo(ten);
        assertThat(Values.instant("2026-11-21T12:00:00.5+02:00")).isEqualTo(ten);
        assertThat(Values.instant("2026-11-21 12:00:00.5+02")).isEqualTo(ten);
        assertThat(Values.instant("2026-11-21T10:00:00.5Z")).isEqualTo(ten);
        assertThat(Values.instant(ten)).isEqualTo(ten);
        assertThat(Values.instant(OffsetDateTime.parse("2026-11-21T12:00:00.5+02:00")))
                .isEqualTo(ten);
        unfit(() -> Values.instant("2026-02-30T10:00:00Z"), "is no time such as");
        unfit(() -> Values.instant("tomorrow"), "'tomorrow' is no time such as");
        unfit(() -> Values.instant(OffsetDateTime.MAX), "is not in the years 1 to 9999");
    }
}
