// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows as aligned columns for a person: numbers to the right, everything else to the left. */
public final class TextTable {
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Adds a row with a cell for each column. */
    public TextTable row(List<String> cells) {
        if (cells.size() != columns.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /** The table's lines: a header, a rule, the rows. */
    public List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        List<Boolean> numbers = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            int column = i;
            widths.add(Math.max(
                    width(columns.get(i)),
                    rows.stream().mapToInt(row -> width(row.get(column))).max().orElse(0)));
            numbers.add(!rows.isEmpty()
                    && rows.stream().allMatch(row -> row.get(column).matches("-?[0-9.,]+(/s)?|-|")));
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(columns, widths, numbers));
        lines.add(String.join("  ", widths.stream().map("─"::repeat).toList()));
        rows.forEach(row -> lines.add(line(row, widths, numbers)));
        return lines;
    }

    private static String line(List<String> cells, List<Integer> widths, List<Boolean> numbers) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String pad = String.join("", Collections.nCopies(widths.get(i) - width(cells.get(i)), " "));
            line.append(i == 0 ? "" : "  ").append(numbers.get(i) ? pad + cells.get(i) : cells.get(i) + pad);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
