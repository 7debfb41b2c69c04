// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.publish;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InFlightTest {
    @Test
    void whatDoesNotFitLeavesNoTrace() {
        InFlight inFlight = new InFlight(100);
        assertThat(inFlight.tryReserve(60)).isTrue();
        assertThat(inFlight.tryReserve(41)).isFalse();
        assertThat(inFlight.tryReserve(40)).isTrue();
        assertThat(inFlight.tryReserve(1)).isFalse();
        inFlight.release(60);
        assertThat(inFlight.bytes()).isEqualTo(40);
        assertThat(inFlight.tryReserve(101)).isFalse();
        assertThat(inFlight.tryReserve(60)).isTrue();
    }
}
