// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import dev.hippo.pipeline.RuleSpec.CatchUp;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a rule that waits for times: a line as in a crontab, its zone and its calendar. */
final class ScheduleReader {
    /** What says something beside {@code cron} only. */
    static final List<String> BESIDE_CRON = List.of("zone", "catchUp", "calendar");

    private static final List<String> OWN = List.of("cron", "priority");

    private final Findings findings;

    ScheduleReader(Findings findings) {
        this.findings = findings;
    }

    /** The rule, or null when something keeps it from being one; that is a finding. */
    @Nullable
    RuleSpec read(Section section) {
        for (String other : Grammar.RULE.names()) {
            if (section.has(other) && !OWN.contains(other) && !BESIDE_CRON.contains(other)) {
                findings.error(
                        section.at(other),
                        "'" + other + "' stands beside 'cron'",
                        "a rule waits for a time or for a message; use two rules");
            }
        }
        ZoneId zone;
        try {
            zone = ZoneId.of(String.valueOf(section.text("zone")));
        } catch (DateTimeException e) {
            findings.error(
                    section.at("zone"),
                    "'" + section.text("zone") + "' is no time zone",
                    "write one such as UTC or Europe/Zurich");
            return null;
        }
        CatchUp catchUp = section.choice("catchUp", CatchUp.values());
        HolidayCalendar holidays = holidays(section);
        try {
            CronLine line = CronLine.parse(section.required("cron"), zone, holidays);
            return RuleSpec.of(new RuleSpec.Schedule(line, catchUp));
        } catch (IllegalArgumentException e) {
            findings.error(
                    section.at("cron"),
                    "'cron' cannot be read: " + e.getMessage(),
                    "write minute, hour, day of month, month and day of week, as in \"0 6 * * 1-5\"");
            return null;
        }
    }

    private HolidayCalendar holidays(Section section) {
        String file = section.text("calendar");
        if (file == null) {
            return HolidayCalendar.NONE;
        }
        try {
            return HolidayCalendar.read(findings.folder(), file);
        } catch (IllegalArgumentException e) {
            findings.error(
                    section.at("calendar"),
                    String.valueOf(e.getMessage()),
                    "write one date a line, such as 2026-12-25");
        } catch (IOException e) {
            findings.error(
                    section.at("calendar"),
                    "the calendar '" + file + "' cannot be read",
                    "it is a text file beside the pipeline file, with one date a line");
        }
        return HolidayCalendar.NONE;
    }
}
