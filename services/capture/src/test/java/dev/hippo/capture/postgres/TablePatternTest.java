// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hippo.capture.source.SourceFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TablePatternTest {
    @ParameterizedTest
    @CsvSource({
        "public.airports, public, airports, true",
        "public.airports, public, airports2, false",
        "public.air*, public, airports, true",
        "*.*, any, thing, true",
        "public.a+b, public, a+b, true",
        "'\"a.b\".\"c\"\"d*\"', a.b, 'c\"d*', true",
        "'\"a.b\".\"c*\"', a.b, cd, false",
    })
    void aPatternAsksForTables(String pattern, String schema, String name, boolean asked) throws Exception {
        assertThat(TablePattern.of(pattern).matches(schema, name)).isEqualTo(asked);
    }

    @Test
    void onlyAStarIsAPattern() throws Exception {
        assertThat(TablePattern.of("public.a").exact()).isTrue();
        assertThat(TablePattern.of("\"x*\".a").exact()).isTrue();
        assertThat(TablePattern.of("public.*").exact()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"airports|without its schema", "a.b.c|more than a schema", "'\"a.b'|without its second"})
    void whatIsNoNameIsExplained(String pattern, String why) {
        assertThatThrownBy(() -> TablePattern.of(pattern))
                .isInstanceOf(SourceFailure.class)
                .hasMessageContaining(why);
    }
}
