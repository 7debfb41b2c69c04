// SPDX-License-Identifier: Apache-2.0
package dev.hippo.batch;

import dev.hippo.pipeline.RuleSpec;
import dev.hippo.pipeline.RuleSpec.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of one hippo that are met by the clock, and how far each has come. Not thread-safe. */
final class Schedules {
    /** A time that is no longer past counts as now, not as missed. */
    private static final Duration NOW = Duration.ofMinutes(1);
    /** Of missed times no more are made good at once; the others follow. */
    private static final int MOST_AT_ONCE = 1_000;

    private final Map<String, Schedule> rules = new LinkedHashMap<>();
    private final Map<String, Instant> done = new LinkedHashMap<>();

    Schedules(List<RuleSpec> all) {
        for (RuleSpec rule : all) {
            if (rule.conditions().get(0) instanceof Schedule schedule) {
                rules.put(rule.toString(), schedule);
            }
        }
    }

    /** Takes over how far a rule had come; one that is no more is left out. */
    void restore(ScheduleMark mark) {
        if (rules.containsKey(mark.rule())) {
            done.put(mark.rule(), mark.done());
        }
    }

    /** Begins to count from now on for the rules that are new. */
    List<ScheduleMark> begin(Instant now) {
        List<ScheduleMark> marks = new ArrayList<>();
        for (String rule : rules.keySet()) {
            if (done.putIfAbsent(rule, now) == null) {
                marks.add(new ScheduleMark(rule, now));
            }
        }
        return marks;
    }

    /**
     * A rule whose time has come.
     *
     * @param times at which a mission is to start, the oldest first; none where all were missed and are not made good
     */
    record Due(ScheduleMark mark, List<Instant> times) {}

    /** What the clock has met since it was asked last. */
    List<Due> due(Instant now) {
        List<Due> due = new ArrayList<>();
        rules.forEach((rule, schedule) -> {
            List<Instant> times = new ArrayList<>();
            Optional<Instant> next = next(rule, schedule);
            while (next.isPresent() && !next.get().isAfter(now) && times.size() < MOST_AT_ONCE) {
                times.add(next.get());
                done.put(rule, next.get());
                next = next(rule, schedule);
            }
            if (!times.isEmpty()) {
                due.add(new Due(new ScheduleMark(rule, times.get(times.size() - 1)), made(schedule, times, now)));
            }
        });
        return due;
    }

    private static List<Instant> made(Schedule schedule, List<Instant> times, Instant now) {
        List<Instant> latest = times.subList(times.size() - 1, times.size());
        return switch (schedule.catchUp()) {
            case ALL -> times;
            case LATEST -> latest;
            case NONE -> latest.get(0).plus(NOW).isBefore(now) ? List.of() : latest;
        };
    }

    private Optional<Instant> next(String rule, Schedule schedule) {
        Instant after = done.get(rule);
        return after == null ? Optional.empty() : schedule.line().next(after);
    }

    /** When the next rule's time comes; {@link Instant#MAX} if none does. */
    Instant nextDue() {
        return rules.entrySet().stream()
                .flatMap(rule -> next(rule.getKey(), rule.getValue()).stream())
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }
}
