// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BarChartTest {
    @Test
    void theLongestBarFillsTheWidthAndTheOthersAreInProportion() {
        List<String> lines = BarChart.draw(
                List.of(new BarChart.Bar("ATL", 20), new BarChart.Bar("ORD", 10), new BarChart.Bar("X", 0)), 8, " min");
        assertThat(lines).containsExactly("ATL ████████ 20.0 min", "ORD ████     10.0 min", "  X          0.0 min");
    }

    @Test
    void negativeValuesHaveNoBarButAreWritten() {
        assertThat(BarChart.draw(List.of(new BarChart.Bar("SNA", -3)), 4, "")).containsExactly("SNA      -3.0");
    }
}
