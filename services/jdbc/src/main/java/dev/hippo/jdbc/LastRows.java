// SPDX-License-Identifier: Apache-2.0
package dev.hippo.jdbc;

import dev.hippo.sdk.Result;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rows of a query. Those of a file's last statement go to the job's log as a table, and the first of them, column by column, into the summary. */
final class LastRows {
    /** Fields of the summary that have a meaning. */
    private static final Set<String> OWN =
            Set.of("rows_in", "rows_out", "statements", "tables", "retry", "result_error");

    private static final int SHOWN = 100;
    /** A summary goes into messages. */
    private static final int MOST_CHARACTERS = 8 << 10;

    private final List<String> columns;
    private final List<List<Optional<Object>>> rows = new ArrayList<>();
    private long count;

    LastRows(List<String> columns) {
        this.columns = List.copyOf(columns);
    }

    /** Whether the next row would be shown; others are only counted. */
    boolean wantsMore() {
        return rows.size() < SHOWN;
    }

    /** Numbers, booleans, and texts for all else. */
    void add(List<Optional<Object>> row) {
        rows.add(List.copyOf(row));
        count++;
    }

    void count(long further) {
        count += further;
    }

    long count() {
        return count;
    }

    /** Writes the table, and the first row into the summary; what does not fit there is told. */
    void tell(Result result, PrintStream log) {
        table(log);
        if (rows.isEmpty()) {
            return;
        }
        int left = MOST_CHARACTERS;
        for (int i = 0; i < columns.size(); i++) {
            String column = columns.get(i);
            Optional<Object> value = rows.get(0).get(i);
            if (value.isEmpty()) {
                continue;
            }
            left -= column.length() + value.get().toString().length();
            if (OWN.contains(column)) {
                log.println("column '" + column
                        + "' is not in the summary, where that name has a meaning; call it otherwise with AS");
            } else if (left < 0) {
                log.println("column '" + column + "' and those after it are not in the summary: they are too long");
                return;
            } else {
                put(result, column, value.get());
            }
        }
    }

    private static void put(Result result, String name, Object value) {
        BigDecimal exact = value instanceof BigDecimal decimal
                ? decimal
                : value instanceof BigInteger integer ? new BigDecimal(integer) : null;
        if (value instanceof Boolean flag) {
            result.put(name, flag);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            result.put(name, ((Number) value).longValue());
        } else if (exact != null && exact.stripTrailingZeros().scale() <= 0 && exact.precision() - exact.scale() < 19) {
            result.put(name, exact.longValueExact());
        } else if (exact != null && exact.precision() > 15) {
            // more digits than a double keeps
            result.put(name, exact.toPlainString());
        } else if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            result.put(name, number.doubleValue());
        } else {
            result.put(name, value.toString());
        }
    }

    private void table(PrintStream log) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        rows.forEach(row -> lines.add(row.stream()
                .map(cell -> cell.map(value -> value instanceof BigDecimal decimal
                                ? decimal.toPlainString()
                                : value.toString().replaceAll("\\R", " "))
                        .orElse(""))
                .toList()));
        int[] widths = new int[columns.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            log.println(text.toString().stripTrailing());
        }
        log.println(
                count == 1
                        ? "1 row"
                        : count + " rows" + (count > rows.size() ? ", the first " + rows.size() + " shown" : ""));
    }
}
