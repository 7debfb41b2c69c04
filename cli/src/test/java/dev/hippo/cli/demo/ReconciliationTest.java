// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReconciliationTest {
    private static Reconciliation books(long inTable, long distinct, long counted) {
        return new Reconciliation(100, 100, 100, inTable, distinct, true, counted, 90, 12, 12);
    }

    @Test
    void matchesWhenEveryStationCountsTheSame() {
        assertThat(books(100, 100, 90).matches()).isTrue();
        assertThat(books(100, 100, 90).lines()).noneMatch(line -> line.contains("✗"));
    }

    @Test
    void aLostRowIsAMismatch() {
        assertThat(books(99, 99, 90).matches()).isFalse();
        assertThat(books(99, 99, 90).lines()).anyMatch(line -> line.contains("in table 99") && line.contains("✗"));
    }

    @Test
    void aDoubledRowIsAMismatchThoughTheCountsOfRowsHappenToAgree() {
        assertThat(books(100, 99, 90).matches()).isFalse();
    }

    @Test
    void aFlightCountedTwiceByTheStepIsAMismatch() {
        assertThat(books(100, 100, 91).matches()).isFalse();
    }
}
