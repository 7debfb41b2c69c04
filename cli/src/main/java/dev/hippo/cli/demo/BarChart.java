// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli.demo;

import java.util.List;
import java.util.Locale;

/** A horizontal bar chart for a terminal: one line per bar, the longest bar as wide as there is room. */
final class BarChart {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";

    /** One bar; values below 0 are drawn as 0. */
    record Bar(String label, double value) {}

    private BarChart() {}

    /**
     * Draws the bars.
     *
     * @param width columns for the longest bar
     * @param unit follows each value
     */
    static List<String> draw(List<Bar> bars, int width, String unit) {
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        int labels = bars.stream().mapToInt(bar -> bar.label().length()).max().orElse(0);
        return bars.stream()
                .map(bar -> String.format(
                        Locale.ROOT,
                        "%" + Math.max(1, labels) + "s %-" + width + "s %.1f%s",
                        bar.label(),
                        blocks(most <= 0 ? 0 : Math.max(0, bar.value()) / most * width),
                        bar.value(),
                        unit))
                .toList();
    }

    private static String blocks(double columns) {
        int eighths = (int) Math.round(columns * 8);
        String full = "█".repeat(eighths / 8);
        return eighths % 8 == 0 ? full : full + EIGHTHS.charAt(eighths % 8);
    }
}
