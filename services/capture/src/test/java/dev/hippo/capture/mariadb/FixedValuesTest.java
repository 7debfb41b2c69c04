// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.mariadb;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class FixedValuesTest {
    private static String address(String hex) {
        return new String(FixedValues.address(HexFormat.of().parseHex(hex)), StandardCharsets.US_ASCII);
    }

    @Test
    void addresses() throws Exception {
        assertThat(address("7f000001")).isEqualTo("127.0.0.1");
        assertThat(address("00000000000000000000000000000000")).isEqualTo("::");
        assertThat(address("00000000000000000000000000000001")).isEqualTo("::1");
        assertThat(address("20010db8000000000000ff0000428329")).isEqualTo("2001:db8::ff00:42:8329");
        assertThat(address("00000000000000000000ffffc0000201")).isEqualTo("::ffff:192.0.2.1");
        assertThat(address("20010000000000010000000000000000")).isEqualTo("2001:0:0:1::");
        byte[] any = HexFormat.of().parseHex("20010db80001000200030004000500ff");
        assertThat(InetAddress.getByName(address("20010db80001000200030004000500ff"))
                        .getAddress())
                .isEqualTo(any);
    }

    @Test
    void labelsOfAnEnumerationMayHoldAnything() {
        assertThat(ColumnTypes.labels("enum('a','it''s','b,c','','\\\\n\\n')"))
                .isEqualTo(List.of("a", "it's", "b,c", "", "\\n\n"));
        assertThat(ColumnTypes.labels("set('x)')")).isEqualTo(List.of("x)"));
    }

    @Test
    void latin1LosesNoByte() throws Exception {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Utf8Converter latin1 = Utf8Converter.of("latin1").orElseThrow();
        String text = new String(latin1.convert(all, 0, all.length), StandardCharsets.UTF_8);
        assertThat(text).hasSize(256).doesNotContain("\uFFFD").contains("\u20AC", "\u0081", "\u00FF");
        byte[] kyrillic = "Привет".getBytes(Charset.forName("windows-1251"));
        assertThat(new String(
                        Utf8Converter.of("cp1251").orElseThrow().convert(kyrillic, 0, kyrillic.length),
                        StandardCharsets.UTF_8))
                .isEqualTo("Привет");
        assertThat(Utf8Converter.of("armscii8")).isEmpty();
    }
}
