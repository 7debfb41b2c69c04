// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * The five fields of a crontab line (minute, hour, day of month, month, day of week), in a time zone, without the days of a calendar. A time that a change of the clocks leaves out
 * happens when the clocks have moved. Immutable.
 */
public final class CronLine {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final String text;
    private final ZoneId zone;
    private final HolidayCalendar holidays;
    private final ExecutionTime times;

    private CronLine(String text, ZoneId zone, HolidayCalendar holidays, ExecutionTime times) {
        this.text = text;
        this.zone = zone;
        this.holidays = holidays;
        this.times = times;
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException if it is none, with the reason
     */
    public static CronLine parse(String text, ZoneId zone) {
        return parse(text, zone, HolidayCalendar.NONE);
    }

    static CronLine parse(String text, ZoneId zone, HolidayCalendar holidays) {
        return new CronLine(text, zone, holidays, ExecutionTime.forCron(PARSER.parse(text)));
    }

    /** Where the line's hours and days are meant. */
    public ZoneId zone() {
        return zone;
    }

    /** The first time after that one; empty if there is none, as for the 30th of February. */
    public Optional<Instant> next(Instant after) {
        Optional<ZonedDateTime> next = times.nextExecution(after.atZone(zone));
        // each turn leaves a holiday behind, of which there are so many
        while (next.isPresent() && holidays.has(next.get().toLocalDate())) {
            ZonedDateTime dayAfter = next.get().toLocalDate().plusDays(1).atStartOfDay(zone);
            next = times.nextExecution(dayAfter.minusSeconds(1));
        }
        return next.map(ZonedDateTime::toInstant);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronLine line
                && line.text.equals(text)
                && line.zone.equals(zone)
                && line.holidays.equals(holidays);
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The line, its zone and its calendar. */
    @Override
    public String toString() {
        return text + " " + zone + (holidays.name().isEmpty() ? "" : " without " + holidays.name());
    }
}
