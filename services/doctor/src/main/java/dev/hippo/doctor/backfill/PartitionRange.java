// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.backfill;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The values of a partition's column from one to another, both included: months, days or whole numbers, as they are written. */
public final class PartitionRange {
    /** Values of one range. */
    public static final int MOST = 10_000;

    private static final int MOST_DIGITS = 18;

    /** What a value can be; the first that takes both ends is meant. */
    private static final List<Step<?>> STEPS = List.of(
            months("uuuuMM", "[0-9]{6}"),
            months("uuuu-MM", "[0-9]{4}-[0-9]{2}"),
            days("uuuuMMdd", "[0-9]{8}"),
            days("uuuu-MM-dd", "[0-9]{4}-[0-9]{2}-[0-9]{2}"));

    private record Step<T extends Comparable<? super T>>(
            String shape, Function<String, T> read, UnaryOperator<T> next, Function<T, String> write) {
        Optional<List<String>> values(String from, String to) {
            if (!from.matches(shape) || !to.matches(shape)) {
                return Optional.empty();
            }
            T first;
            T last;
            try {
                first = read.apply(from);
                last = read.apply(to);
            } catch (DateTimeException e) {
                return Optional.empty();
            }
            ordered(first.compareTo(last) <= 0, from, to);
            List<String> values = new ArrayList<>();
            for (T value = first; value.compareTo(last) <= 0; value = next.apply(value)) {
                bounded(values.size() < MOST, from, to);
                values.add(write.apply(value));
            }
            return Optional.of(values);
        }
    }

    private PartitionRange() {}

    private static Step<YearMonth> months(String pattern, String shape) {
        DateTimeFormatter format = format(pattern);
        return new Step<>(shape, text -> YearMonth.parse(text, format), month -> month.plusMonths(1), format::format);
    }

    private static Step<LocalDate> days(String pattern, String shape) {
        DateTimeFormatter format = format(pattern);
        return new Step<>(shape, text -> LocalDate.parse(text, format), day -> day.plusDays(1), format::format);
    }

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, java.util.Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    }

    /**
     * All values of a range.
     *
     * @throws IllegalArgumentException if the ends are of no known kind or of different ones, in the wrong order, or too far apart
     */
    public static List<String> values(String from, String to) {
        for (Step<?> step : STEPS) {
            Optional<List<String>> values = step.values(from, to);
            if (values.isPresent()) {
                return values.get();
            }
        }
        String digits = "[0-9]{1," + MOST_DIGITS + "}";
        if (!from.matches(digits) || !to.matches(digits)) {
            throw new IllegalArgumentException("from '" + from + "' to '" + to
                    + "' is no range; write months (201701, 2017-01), days (20170131, 2017-01-31) or whole numbers, both ends in"
                    + " the same way, or name the values one by one");
        }
        long first = Long.parseLong(from);
        long last = Long.parseLong(to);
        ordered(first <= last, from, to);
        bounded(last - first < MOST, from, to);
        // 007 goes on to 008
        String format = "%0" + (from.startsWith("0") ? from.length() : 1) + "d";
        List<String> values = new ArrayList<>();
        for (long value = first; value <= last; value++) {
            values.add(String.format(java.util.Locale.ROOT, format, value));
        }
        return values;
    }

    private static void ordered(boolean is, String from, String to) {
        if (!is) {
            throw new IllegalArgumentException("'" + from + "' comes after '" + to + "'; give the earlier one first");
        }
    }

    private static void bounded(boolean is, String from, String to) {
        if (!is) {
            throw new IllegalArgumentException("from '" + from + "' to '" + to + "' are more than " + MOST
                    + " partitions; do it in several steps");
        }
    }
}
