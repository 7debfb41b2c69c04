// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CronLineTest {
    @TempDir
    Path folder;

    private PipelineReading read(String calendar) throws Exception {
        Files.writeString(folder.resolve("holidays.txt"), calendar);
        Path file = folder.resolve("pipeline.yaml");
        Files.writeString(file, """
                pipeline: p
                hippos:
                  a: {on: {cron: "0 6 * * 1-5", zone: Europe/Zurich, calendar: holidays.txt}, run: "true"}
                """);
        return PipelineFile.read(file, null, Map.of());
    }

    @Test
    void nothingIsDueOnTheDatesOfTheCalendarInTheZoneOfTheLine() throws Exception {
        PipelineSpec pipeline = Objects.requireNonNull(
                read("# Switzerland\n2026-12-25   # Christmas\n\n2026-12-28\n").spec());
        RuleSpec rule = pipeline.hippos()
                .get("a")
                .settings(HippoSettings.Batch.class)
                .rules()
                .get(0);
        assertThat(rule).hasToString("cron 0 6 * * 1-5 Europe/Zurich without holidays.txt");
        CronLine line = ((RuleSpec.Schedule) rule.conditions().get(0)).line();
        assertThat(line.next(Instant.parse("2026-12-24T04:00:00Z"))).hasValue(Instant.parse("2026-12-24T05:00:00Z"));
        assertThat(line.next(Instant.parse("2026-12-24T05:00:00Z")))
                .as("Friday the 25th, the weekend and Monday the 28th are left out")
                .hasValue(Instant.parse("2026-12-29T05:00:00Z"));
    }

    @Test
    void withoutACalendarEveryTimeIsDue() {
        CronLine line = CronLine.parse("0 6 * * *", ZoneId.of("UTC"));
        assertThat(line.next(Instant.parse("2026-12-24T06:00:00Z"))).hasValue(Instant.parse("2026-12-25T06:00:00Z"));
    }

    @Test
    void aCalendarThatCannotBeReadIsToldAtItsPlace() throws Exception {
        assertThat(read("2026-12-25\nChristmas\n").findings())
                .extracting(Finding::toString)
                .anyMatch(text -> text.contains("3:64: error: line 2 of holidays.txt is no date: 'Christmas'"));
        Files.delete(folder.resolve("holidays.txt"));
        assertThat(PipelineFile.read(folder.resolve("pipeline.yaml"), null, Map.of())
                        .findings())
                .extracting(Finding::toString)
                .anyMatch(text -> text.contains("the calendar 'holidays.txt' cannot be read"));
    }
}
