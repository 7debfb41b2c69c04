// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "PARTY_A, PARTY_A, true",
        "PARTY_A, PARTY_AB, false",
        "PARTY_A, party_a, false",
        "PARTY_*, PARTY_, true",
        "PARTY_*, PARTY_A, true",
        "PARTY_*, OTHER, false",
        "*_M, BALANCE_M, true",
        "*_M, BALANCE_D, false",
        "A*B*C, AxByC, true",
        "A*B*C, AxyC, false",
        "*, anything, true",
        "*, '', true",
        "**, x, true",
        "a.c, abc, false",
        "a.*, a.b, true"
    })
    void aStarStandsForAnyText(String pattern, String name, boolean matches) {
        assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
    }
}
