// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.pipeline.TextMask;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextMaskerTest {
    private static String masked(String mask, String salt, String text) {
        byte[] bytes = ("<" + text + ">").getBytes(StandardCharsets.UTF_8);
        byte[] told = new TextMasker(TextMask.of(mask), salt).masked(bytes, 1, bytes.length - 2);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("<" + text + ">");
        return new String(told, StandardCharsets.UTF_8);
    }

    @Test
    void aPartStaysAndEveryOtherCharacterIsAStar() {
        assertThat(masked("last 4", "", "4111111111111111")).isEqualTo("************1111");
        assertThat(masked("first 2", "", "Ada")).isEqualTo("Ad*");
        assertThat(masked("first 2", "", "Ä😀é")).as("characters, not bytes").isEqualTo("Ä😀*");
        assertThat(masked("last 4", "", "1234")).as("all of it would stay").isEqualTo("****");
        assertThat(masked("first 4", "", "abc")).isEqualTo("***");
        assertThat(masked("last 4", "", "")).isEmpty();
    }

    @Test
    void whatIsHiddenTellsNotEvenItsLength() {
        assertThat(masked("hide", "", ""))
                .isEqualTo(masked("hide", "", "a long one"))
                .isEqualTo("***");
    }

    @Test
    void theSameTextHasTheSameHashAndWithAnotherSecretAnother() {
        String hash = masked("hash", "s1", "ada@example.org");
        assertThat(hash).hasSize(32).isEqualTo(masked("hash", "s1", "ada@example.org"));
        assertThat(hash).isNotEqualTo(masked("hash", "s2", "ada@example.org"));
        assertThat(hash).isNotEqualTo(masked("hash", "s1", "bob@example.org"));
    }
}
