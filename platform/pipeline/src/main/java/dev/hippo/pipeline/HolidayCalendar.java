// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The dates on which nothing is due.
 *
 * @param name the file, as the pipeline file names it
 */
record HolidayCalendar(String name, Set<LocalDate> dates) {
    /** No date is one. */
    static final HolidayCalendar NONE = new HolidayCalendar("", Set.of());

    HolidayCalendar {
        dates = Set.copyOf(dates);
    }

    /**
     * Reads a file with one date a line, as 2026-12-25; what follows a {@code #} is for people.
     *
     * @throws IllegalArgumentException if a line is no date, with the line
     * @throws IOException if the file cannot be read
     */
    static HolidayCalendar read(Path folder, String name) throws IOException {
        Set<LocalDate> dates = new HashSet<>();
        List<String> lines = Files.readAllLines(folder.resolve(name));
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1);
            String date = (line.contains("#") ? line.substring(0, line.indexOf('#')) : line).strip();
            try {
                if (!date.isEmpty()) {
                    dates.add(LocalDate.parse(date));
                }
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("line " + number + " of " + name + " is no date: '" + date + "'", e);
            }
        }
        return new HolidayCalendar(name, dates);
    }

    boolean has(LocalDate date) {
        return dates.contains(date);
    }
}
